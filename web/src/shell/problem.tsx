// What went wrong, for people: what happened, what to do, and what support needs to find it.

import { Alert, Button, CopyButton } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import type { ReactNode } from 'react'
import { NoAnswer, Refused } from '../api/client.ts'
import { text } from '../text.ts'
import styles from './problem.module.css'

export interface Told {
  title: string
  detail: string
  fix: string
  /** '1005 INVALID_FIELD' */
  code: string
  request_id: string | null
}

/** What to tell of anything that was thrown. */
export function tell(error: unknown): Told {
  const words = text.shell.error
  if (error instanceof Refused) {
    const { code, name, detail, fix, request_id, field } = error.problem
    if (name === 'FORBIDDEN' && field === 'Host')
      return {
        title: words.unknown_host_title,
        detail: words.unknown_host(window.location.hostname),
        fix: words.unknown_host_fix,
        code: `${code} ${name}`,
        request_id,
      }
    if (name === 'FORBIDDEN')
      return {
        title: words.forbidden_title,
        detail,
        fix: words.forbidden,
        code: `${code} ${name}`,
        request_id,
      }
    return { title: words.title, detail: sentence(detail), fix, code: `${code} ${name}`, request_id }
  }
  if (error instanceof NoAnswer)
    return {
      title: words.no_answer,
      detail: '',
      fix: words.no_answer_fix,
      code: 'NO_ANSWER',
      request_id: null,
    }
  const name = error instanceof Error ? error.name : typeof error
  return { title: words.broken, detail: '', fix: words.broken_fix, code: name, request_id: null }
}

/** The API writes details without capital and full stop, to be embedded. */
export const sentence = (detail: string) =>
  detail === '' ? '' : `${detail[0]!.toUpperCase()}${detail.slice(1)}${/[.!?]$/.test(detail) ? '' : '.'}`

export interface ProblemProps {
  error: unknown
  /** Shown as a button where trying again can help. */
  onRetry?: () => void
  /** Instead of the usual heading. */
  title?: string
  children?: ReactNode
}

export function Problem({ error, onRetry, title, children }: ProblemProps) {
  const told = tell(error)
  const words = text.shell.error
  const details = [
    `${words.code}: ${told.code}`,
    told.request_id && `${words.request}: ${told.request_id}`,
    `${words.at}: ${new Date().toISOString()}`,
    window.location.pathname,
    error instanceof Error && !(error instanceof Refused) ? (error.stack ?? error.message) : told.detail,
  ]
  return (
    <Alert
      className={styles.problem}
      icon={<IconAlertTriangle size={18} aria-hidden />}
      color="red"
      title={title ?? told.title}
      role="alert"
    >
      {told.detail && <p>{told.detail}</p>}
      <p>{told.fix}</p>
      {children}
      <div className={styles.foot}>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {words.retry}
          </Button>
        )}
        <CopyButton value={details.filter(Boolean).join('\n')}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? words.copied : words.copy}
            </Button>
          )}
        </CopyButton>
        <span className={styles.code}>
          {told.code}
          {told.request_id && <span className={styles.request}>{told.request_id}</span>}
        </span>
      </div>
    </Alert>
  )
}

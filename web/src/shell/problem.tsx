// Explains a failure: what happened, what to do, and what support needs to find it.

import { Alert, type AlertProps, Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import type { ReactNode, Ref } from 'react'
import type { Problem as RefusedProblem } from '../../../src/client/client.ts'
import { NoAnswer, Refused } from '../api/client.ts'
import { text } from '../text.ts'
import { Copy } from './parts.tsx'

const words = text.shell.error

interface Told {
  title: string
  detail?: string
  fix: string
  /** '1005 INVALID_FIELD' */
  code: string
  request_id?: string
}

/** Words for anything that was thrown. */
export function tell(error: unknown): Told {
  if (error instanceof Refused) {
    const { code, name, detail, fix, request_id, field } = error.problem
    const told = { code: `${code} ${name}`, request_id }
    if (name !== 'FORBIDDEN') return { title: words.title, detail: sentence(detail), fix, ...told }
    if (field !== 'Host') return { title: words.forbidden_title, detail, fix: words.forbidden, ...told }
    const host = words.unknown_host(window.location.hostname)
    return { title: words.unknown_host_title, detail: host, fix: words.unknown_host_fix, ...told }
  }
  if (error instanceof NoAnswer)
    return { title: words.no_answer, fix: words.no_answer_fix, code: 'NO_ANSWER' }
  return {
    title: words.broken,
    fix: words.broken_fix,
    code: error instanceof Error ? error.name : typeof error,
  }
}

/** The API writes details without a capital and full stop, so that they can be embedded. */
export const sentence = (detail: string) =>
  detail === '' ? '' : `${detail[0]!.toUpperCase()}${detail.slice(1)}${/[.!?]$/.test(detail) ? '' : '.'}`

/** A problem of one value, by its path: 'fields.City', 'callback'. */
export interface ValueProblem {
  path: string
  detail: string
}

export const problemsOf = ({ errors = [] }: Pick<RefusedProblem, 'errors'>): ValueProblem[] =>
  errors.map(({ field, detail }) => ({ path: pathOf(field), detail: sentence(detail) }))

/** '/fields/City' and '/mine/fields/City' as 'fields.City', '/callback/local' as 'callback'. */
export function pathOf(pointer: string): string {
  const [first = '', second] = pointer
    .replace(/^\/(mine\/)?/, '')
    .split('/')
    .map(unescaped)
  return (first === 'fields' || first === 'unmapped') && second !== undefined ? `${first}.${second}` : first
}

/** A JSON pointer writes ~1 for / and ~0 for ~. */
export const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** An alert: red when something is wrong, orange when it needs a choice. Screen readers read it out. */
export const Notice = ({
  tone,
  ...alert
}: AlertProps & { tone: 'bad' | 'warn'; ref?: Ref<HTMLDivElement> }) => (
  <Alert
    className="notice"
    data-tone={tone}
    color={tone === 'bad' ? 'red' : 'orange'}
    icon={<IconAlertTriangle size={18} aria-hidden />}
    role="alert"
    {...alert}
  />
)

interface ProblemProps {
  error: unknown
  /** Shown as a button; set it where trying again can help. */
  onRetry?: () => void
  /** Instead of the usual heading. */
  title?: string
  children?: ReactNode
}

export function Problem({ error, onRetry, title, children }: ProblemProps) {
  const told = tell(error)
  const details = [
    `${words.code}: ${told.code}`,
    told.request_id && `${words.request}: ${told.request_id}`,
    `${words.at}: ${new Date().toISOString()}`,
    window.location.pathname,
    error instanceof Error && !(error instanceof Refused) ? (error.stack ?? error.message) : told.detail,
  ]
  return (
    <Notice tone="bad" title={title ?? told.title} maw={760}>
      {told.detail && <p>{told.detail}</p>}
      <p>{told.fix}</p>
      {children}
      <div className="row" style={{ marginTop: 12 }}>
        {onRetry && (
          <Button size="xs" onClick={onRetry}>
            {words.retry}
          </Button>
        )}
        <Copy size="xs" label={words.copy} value={details.filter(Boolean).join('\n')} />
        <span className="mono tiny row">
          {told.code}
          {told.request_id && <span className="dimmed">{told.request_id}</span>}
        </span>
      </div>
    </Notice>
  )
}

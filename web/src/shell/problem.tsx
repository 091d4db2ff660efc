// Explains a failure: what happened, what to do, and, behind a chip, what support needs to find it.

import { Alert, type AlertProps, Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import type { ReactNode, Ref } from 'react'
import { NoAnswer, Refused } from '../api/client.ts'
import { forPeople } from '../text/results.ts'
import { text } from '../text.ts'
import { Details } from './details.tsx'

const words = text.shell.error

interface Told {
  title: string
  said: string
  /** '1005 INVALID_FIELD' */
  code: string
  request_id?: string
  /** The same again can help. */
  retryable: boolean
}

/** Words for anything that was thrown. */
export function tell(error: unknown): Told {
  if (error instanceof Refused) {
    const { code, name, request_id, retryable, field } = error.problem
    const told = { said: forPeople(error.problem), code: `${code} ${name}`, request_id, retryable }
    if (name !== 'FORBIDDEN') return { title: words.title, ...told }
    if (field !== 'Host') return { title: words.forbidden_title, ...told }
    return { ...told, title: words.unknown_host_title, said: words.unknown_host(window.location.hostname) }
  }
  if (error instanceof NoAnswer)
    return { title: words.no_answer, said: words.no_answer_fix, code: 'NO_ANSWER', retryable: true }
  const code = error instanceof Error ? error.name : typeof error
  return { title: words.broken, said: words.broken_fix, code, retryable: true }
}

/** The API writes some texts without a capital and full stop, so that they can be embedded. */
export const sentence = (detail: string) =>
  detail === '' ? '' : `${detail[0]!.toUpperCase()}${detail.slice(1)}${/[.!?]$/.test(detail) ? '' : '.'}`

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
  return (
    <Notice tone="bad" title={title ?? told.title} maw={760}>
      <p>{told.said}</p>
      {children}
      <div className="row" style={{ marginTop: 12 }}>
        {onRetry && told.retryable && (
          <Button size="xs" onClick={onRetry}>
            {words.retry}
          </Button>
        )}
        <ProblemDetails error={error} />
      </div>
    </Notice>
  )
}

/** What support needs to find a failure. */
export function ProblemDetails({ error }: { error: unknown }) {
  const { code, request_id } = tell(error)
  const failure = error instanceof Error && !(error instanceof Refused)
  return (
    <Details
      of={[
        [words.code, code],
        [words.request, request_id],
        [words.at, new Date().toISOString()],
        [words.page, window.location.pathname],
      ]}
      more={failure ? (error.stack ?? error.message) : undefined}
    />
  )
}

// A screen that threw while it was loaded or drawn. The shell around it stays.

import type { ErrorComponentProps } from '@tanstack/react-router'
import { NoAnswer, Refused } from '../api/client.ts'
import { text } from '../text.ts'
import { Page } from './page.tsx'
import { Problem } from './problem.tsx'

export function Crashed({ error, reset }: ErrorComponentProps) {
  const passing = error instanceof Refused || error instanceof NoAnswer
  return (
    <Page title={text.shell.error.title} width="form">
      <Problem error={error} onRetry={passing ? reset : () => window.location.reload()} />
    </Page>
  )
}

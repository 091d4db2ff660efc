// Why a change of set-up was refused. What the server says about a value is told as it is meant, because the value may not
// have an input on the screen.

import '../text/set-up-problems.ts'
import { Refused } from '../api/client.ts'
import { Notice, Problem, ProblemDetails } from '../shell/problem.tsx'
import { problemsOf } from '../shell/value-problems.ts'
import { set_up as words } from '../text/set-up.ts'

export function Refusal({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const said = error instanceof Refused ? problemsOf(error.problem) : []
  if (said.length === 0) return <Problem error={error} onRetry={onRetry} />
  return (
    <Notice tone="bad" title={words.refused_title}>
      {said.map(({ path, detail }) => (
        <p key={path}>{detail}</p>
      ))}
      <div className="row" style={{ marginTop: 12 }}>
        <ProblemDetails error={error} />
      </div>
    </Notice>
  )
}

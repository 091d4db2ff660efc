// How far a bulk change is, what it left and why, and what stops it or takes it back.

import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { BulkChange } from '../../../src/client/api.ts'
import { leftInAll } from '../../../src/core/bulk-change.ts'
import { isAtWork, useBulkStep } from '../api/bulk-changes.ts'
import { client } from '../api/client.ts'
import { useMeant } from '../shell/again.ts'
import { Notice, Problem } from '../shell/problem.tsx'
import { bulk_changes } from '../text/bulk-changes.ts'
import styles from './bulk-changes.module.css'

const words = bulk_changes.progress

/** Reasons with their numbers of leads, most of them first. */
export function Reasons({
  tally,
  names,
}: {
  tally: Record<string, number>
  names: Record<string, (n: number) => string>
}) {
  const reasons = Object.entries(tally).sort(([, a], [, b]) => b - a)
  return (
    <ul className={styles.reasons}>
      {reasons.map(([reason, n]) => (
        <li key={reason}>{names[reason]?.(n)}</li>
      ))}
    </ul>
  )
}

interface BulkProgressProps {
  found: BulkChange
  /** More buttons. */
  children?: ReactNode
}

export function BulkProgress({ found, children }: BulkProgressProps) {
  const { bulk_change_id, state, leads, exact, done, skipped, undone, kept, detail, undoable } = found
  const step = useBulkStep()
  const isMeant = useMeant()
  const [left, not_back] = [leftInAll(skipped), leftInAll(kept)]
  const is_undo = state === 'undoing'
  const [now, all] = is_undo ? [undone + not_back, done] : [done + left, Math.max(leads, done + left)]
  const said = is_undo ? words.undoing(now, all) : words.of(now, all, exact)
  return (
    <div className="stack">
      {isAtWork(found) ? (
        <>
          <progress className={styles.progress} value={now} max={Math.max(all, 1)} aria-label={words.label} />
          <p className="figures" role="status">
            {said}
          </p>
          <p className="dimmed small">{words.goes_on}</p>
        </>
      ) : (
        <p role="status">
          {state === 'undone'
            ? words.undone(undone)
            : words[state === 'running' || is_undo ? 'done' : state](done)}
        </p>
      )}
      {state === 'stopped' && detail !== null && <Notice tone="warn">{words.why_stopped(detail)}</Notice>}
      {left > 0 && (
        <div>
          <p className="small">{words.skipped(left)}</p>
          <Reasons tally={skipped} names={bulk_changes.skips} />
        </div>
      )}
      {not_back > 0 && (
        <div>
          <p className="small">{words.kept(not_back)}</p>
          <Reasons tally={kept} names={bulk_changes.keeps} />
        </div>
      )}
      {undoable && (
        <p className="dimmed small">{words.undo_note[found.kind === 'move' ? 'move' : 'disposition']}</p>
      )}
      {step.error && <Problem error={step.error} />}
      <div className="row">
        {isAtWork(found) && (
          <Button
            loading={step.isPending}
            onClick={() => isMeant() && step.mutate(() => client.cancelBulkChange(bulk_change_id))}
          >
            {words.stop}
          </Button>
        )}
        {undoable && (
          <Button
            loading={step.isPending}
            onClick={() => isMeant() && step.mutate(() => client.undoBulkChange(bulk_change_id))}
          >
            {words.undo}
          </Button>
        )}
        {children}
      </div>
    </div>
  )
}

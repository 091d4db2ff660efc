// Decides many conflicts at once: what counts, a look at the result, progress, and one undo for all of it.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { BulkPreview, BulkTakes } from '../../../src/client/api.ts'
import { FOLLOWING } from '../../../src/core/conflict.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { client, must } from '../api/client.ts'
import { conflictsChanged, previewQuery, settleInParts, undoInParts } from '../api/inbox.ts'
import { useSetUpOf } from '../lead/set-up.ts'
import { labelOf, shownValue } from '../lead/show.tsx'
import type { ConflictSearch } from '../search.ts'
import { Modal } from '../shell/modal.tsx'
import { Loading } from '../shell/page.tsx'
import { Problem } from '../shell/problem.tsx'
import { conflicts as words } from '../text/conflicts.ts'
import { many } from '../text/many.ts'
import styles from './conflicts.module.css'
import { type Kind, useGroupNames, useKindName } from './names.ts'

/** The conflicts that one decision is for. */
export interface ManyOf {
  where: ConflictSearch
  /** Null: those that no longer conflict, whatever their kind. */
  kind: Kind | null
  /** What was decided for one of them. */
  takes?: BulkTakes
}

export function Many({ of, onClose }: { of: ManyOf; onClose: () => void }) {
  const kindName = useKindName()
  const groupNames = useGroupNames()
  const { where, kind } = of
  const groups = kind?.groups ?? []
  const [takes, setTakes] = useState<BulkTakes>(of.takes ?? {})
  const chosen = groups.every((group) => takes[group] !== undefined)
  const preview = useQuery({ ...previewQuery(where, takes), enabled: chosen })
  const [progress, setProgress] = useState<number | null>(null)
  const { ready = [], left = [] } = preview.data ?? {}
  const settle = useMutation({
    mutationFn: async () => {
      setProgress(0)
      const decided = {
        caller: kind?.caller ?? null,
        groups: kind ? [...kind.groups] : null,
        decisions: takes,
      }
      const { bulk_id } = await must(client.makeBulkDecision(decided))
      return { bulk_id, ...(await settleInParts(bulk_id, ready, setProgress)) }
    },
    onSettled: () => {
      setProgress(null)
      void conflictsChanged()
    },
  })
  const busy = progress !== null
  return (
    <Modal
      opened
      onClose={() => busy || onClose()}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': many.close }}
      title={kind ? many.title(kindName(kind)) : words.free.title}
      size="xl"
      centered
    >
      {settle.data ? (
        <Done {...settle.data} onClose={onClose} />
      ) : (
        <div className="stack">
          {groups.map((group, i) => (
            <fieldset key={group} className={styles.sides} disabled={busy}>
              <legend>{many.choose(groupNames(kind!.template_id, [group]))}</legend>
              {(['mine', 'theirs'] as const).map((side) => (
                <label key={side}>
                  <input
                    type="radio"
                    name={`side-${group}`}
                    data-autofocus={(i === 0 && side === 'mine') || undefined}
                    checked={takes[group] === side}
                    onChange={() => setTakes({ ...takes, [group]: side })}
                  />
                  {words.sides[side]}
                </label>
              ))}
            </fieldset>
          ))}
          {preview.error && <Problem error={preview.error} onRetry={() => void preview.refetch()} />}
          {chosen && preview.isPending && <Loading />}
          {preview.data && (
            <>
              <p role="status">
                <strong>{many.ready(ready.length)}</strong>{' '}
                {preview.data.more && many.more(LIMITS.page_rows_max)}
              </p>
              <Samples samples={preview.data.samples} />
              {kind && <LeftList title={many.left(left.length)} left={left} />}
            </>
          )}
          {settle.error && <Problem error={settle.error} onRetry={() => settle.mutate()} />}
          {busy && <Progress label={many.settling} done={progress} of={ready.length} />}
          <div className="row">
            <Button
              variant="filled"
              disabled={!chosen || ready.length === 0}
              loading={busy}
              onClick={() => settle.mutate()}
            >
              {many.apply(ready.length)}
            </Button>
            <Button disabled={busy} onClick={onClose}>
              {many.cancel}
            </Button>
          </div>
        </div>
      )}
    </Modal>
  )
}

/** Some rows with their result. */
function Samples({ samples }: Pick<BulkPreview, 'samples'>) {
  if (samples.length === 0) return null
  return (
    <div className="frame">
      <table className={`${styles.table} ${styles.plain} table`}>
        <caption>{many.samples}</caption>
        <thead>
          <tr>
            <th scope="col">{many.sample_columns.lead}</th>
            <th scope="col">{many.sample_columns.now}</th>
          </tr>
        </thead>
        <tbody>
          {samples.map((sample) => (
            <Sample key={sample.conflict_id} sample={sample} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Sample({ sample: { lead_id, lead_name, changes } }: { sample: BulkPreview['samples'][number] }) {
  const set_up = useSetUpOf(lead_id).data
  if (!set_up) return null
  const shown = (path: string, value: (typeof changes)[string][0]) =>
    shownValue(path, value, set_up) ?? words.nothing
  return (
    <tr>
      <th scope="row" dir="auto">
        {lead_name ?? lead_id}
      </th>
      <td className={styles.wants}>
        {Object.entries(changes)
          .filter(([path]) => !FOLLOWING.has(path))
          .map(([path, [now, result]]) => (
            <span key={path} className={styles.change}>
              <span className="dimmed">{labelOf(path, set_up)}</span> <bdi>{shown(path, now)}</bdi>{' '}
              {now === result ? (
                <span className="dimmed">{many.stays}</span>
              ) : (
                <>
                  {words.arrow} <strong dir="auto">{shown(path, result)}</strong>
                </>
              )}
            </span>
          ))}
      </td>
    </tr>
  )
}

const NAMED_MAX = 10

interface LeftProps {
  title: string
  left: readonly {
    conflict_id: number
    lead_id: string
    lead_name: string | null
    why: keyof typeof many.why
  }[]
}

/** Those that were left, by name, with the reason. */
function LeftList({ title, left }: LeftProps) {
  if (left.length === 0) return null
  return (
    <div className="small">
      <p>{title}</p>
      <ul className={styles.left}>
        {left.slice(0, NAMED_MAX).map(({ conflict_id, lead_id, lead_name, why }) => (
          <li key={conflict_id}>
            <bdi>{lead_name ?? lead_id}</bdi> <span className="dimmed">{many.why[why]}</span>
          </li>
        ))}
        {left.length > NAMED_MAX && <li className="dimmed">{many.and_more(left.length - NAMED_MAX)}</li>}
      </ul>
    </div>
  )
}

const Progress = ({ label, done, of }: { label: string; done: number; of: number }) => (
  <p className="row" role="status">
    <progress className={styles.progress} aria-label={label} value={done} max={of} />
    <span className="figures small">{many.progress(done, of)}</span>
  </p>
)

interface DoneProps extends Pick<LeftProps, 'left'> {
  bulk_id: number
  settled: number
  onClose: () => void
}

function Done({ bulk_id, settled, left, onClose }: DoneProps) {
  return (
    <div className="stack">
      <p role="status">
        <strong>{many.done(settled)}</strong>
      </p>
      <LeftList title={many.left(left.length)} left={left} />
      <UndoMany bulk_id={bulk_id} settled={settled}>
        <Button data-autofocus onClick={onClose}>
          {many.close}
        </Button>
      </UndoMany>
    </div>
  )
}

interface UndoProps {
  bulk_id: number
  settled: number
  /** The name of the button, where there are several. */
  label?: string
  children?: ReactNode
}

/** Undoes a decision for many, and says what it could not undo. */
export function UndoMany({ bulk_id, settled, label, children }: UndoProps) {
  const [progress, setProgress] = useState<number | null>(null)
  const undo = useMutation({
    mutationFn: async () => {
      setProgress(0)
      return undoInParts(bulk_id, setProgress)
    },
    onSettled: () => {
      setProgress(null)
      void conflictsChanged()
    },
  })
  return (
    <>
      {undo.data && (
        <div role="status">
          <p>{many.undone(undo.data.undone)}</p>
          <LeftList title={many.not_undone(undo.data.left.length)} left={undo.data.left} />
        </div>
      )}
      {undo.error && <Problem error={undo.error} onRetry={() => undo.mutate()} />}
      {progress !== null && <Progress label={many.undoing} done={progress} of={settled} />}
      <div className="row">
        {children}
        {settled > 0 && !undo.data && (
          <Button aria-label={label} loading={progress !== null} onClick={() => undo.mutate()}>
            {many.undo(settled)}
          </Button>
        )}
      </div>
    </>
  )
}

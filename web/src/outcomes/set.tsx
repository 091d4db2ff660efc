// An outcome set: what each outcome does, in one sentence, and what a series of them would do to a lead.

import { Button } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Disposition, DispositionSet } from '../../../src/client/api.ts'
import { outcomeSentence } from '../../../src/core/outcome-sentence.ts'
import { client } from '../api/client.ts'
import type { SetUp } from '../api/set-up.ts'
import { NameDialog } from '../set-up/name-dialog.tsx'
import { Gone, More, useFixed, useMayManage, WithSetUp } from '../set-up/screen.tsx'
import shared from '../set-up/set-up.module.css'
import { SureDialog } from '../set-up/sure-dialog.tsx'
import { Back, Page } from '../shell/page.tsx'
import { Tag } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { outcomes as words } from '../text/outcomes.ts'
import { set_up as common } from '../text/set-up.ts'
import { ActionsOf } from './actions.tsx'
import { EditOutcome } from './edit.tsx'
import { NewOutcome } from './new.tsx'
import styles from './outcomes.module.css'
import { Simulator } from './simulator.tsx'
import { usedBy } from './used-by.ts'

const { one } = words

const back = <Back to="/outcomes">{one.back}</Back>

export function OutcomeSetScreen() {
  const { set: id } = useParams({ from: '/app/outcomes/$set' })
  return (
    <WithSetUp title={words.title}>
      {(set_up) => {
        const set = set_up.disposition_sets.find((each) => each.disposition_set_id === Number(id))
        return set ? <OneSet set={set} set_up={set_up} /> : <Gone back={back} />
      }}
    </WithSetUp>
  )
}

function OneSet({ set, set_up }: { set: DispositionSet; set_up: SetUp }) {
  const why_fixed = useFixed(set.team)
  const may = why_fixed === undefined
  // Their own actions can be chosen for what is Global, too.
  const may_choose = useMayManage()
  const [adding, setAdding] = useState(false)
  const [changing, setChanging] = useState<string | null>(null)
  const [acting, setActing] = useState<string | null>(null)
  const changed = set.dispositions.find(({ code }) => code === changing)
  return (
    <Page
      title={set.name}
      document_title={one.document_title(set.name)}
      width="page"
      back={back}
      actions={
        may && (
          <>
            <Button variant="filled" onClick={() => setAdding(true)}>
              {one.add}
            </Button>
            <Deeds set={set} />
          </>
        )
      }
    >
      <p className={`${shared.intro} dimmed small`}>
        {common.sentences([usedBy(set), set.used_by.length > 1 ? words.for_all : '', why_fixed ?? ''])}
      </p>
      <section className={shared.section} aria-labelledby="list">
        <h2 id="list">{one.list}</h2>
        {set.dispositions.length === 0 ? (
          <p className={`${shared.empty} dimmed`}>{one.empty}</p>
        ) : (
          <div className="frame">
            <table className={`${styles.table} table`}>
              <caption className="visually-hidden">{one.list}</caption>
              <thead>
                <tr>
                  <th scope="col">{one.columns.outcome}</th>
                  <th scope="col">{one.columns.does}</th>
                  <th scope="col">{one.columns.priority}</th>
                  {may_choose && <th scope="col">{one.columns.deeds}</th>}
                </tr>
              </thead>
              <tbody>
                {set.dispositions.map((outcome) => (
                  <Row
                    key={outcome.code}
                    outcome={outcome}
                    onChange={may ? () => setChanging(outcome.code) : undefined}
                    onActions={may_choose ? () => setActing(outcome.code) : undefined}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      <Simulator set={set} set_up={set_up} />
      {adding && <NewOutcome set={set} onClose={() => setAdding(false)} />}
      {acting !== null && (
        <ActionsOf set_id={set.disposition_set_id} code={acting} onClose={() => setActing(null)} />
      )}
      {changed && <EditOutcome set={set} outcome={changed} onClose={() => setChanging(null)} />}
    </Page>
  )
}

interface RowProps {
  outcome: Disposition
  /** Absent: the operator may not. */
  onChange: (() => void) | undefined
  onActions: (() => void) | undefined
}

function Row({ outcome, onChange, onActions }: RowProps) {
  const { code, priority, enabled } = outcome
  return (
    <tr data-off={!enabled || undefined}>
      <th scope="row">
        {code} {!enabled && <Tag title={one.off_detail}>{one.off}</Tag>}
      </th>
      <td>{outcomeSentence(outcome)}</td>
      <td className="figures">{priority}</td>
      {onActions && (
        <td>
          <span className={`${styles.deeds} row`}>
            {onChange && (
              <Button size="compact-sm" aria-label={one.change_of(code)} onClick={onChange}>
                {one.change}
              </Button>
            )}
            <Button size="compact-sm" aria-label={words.actions.open_of(code)} onClick={onActions}>
              {words.actions.open}
            </Button>
          </span>
        </td>
      )}
    </tr>
  )
}

function Deeds({ set }: { set: DispositionSet }) {
  const navigate = useNavigate()
  const [open, setOpen] = useState<'rename' | 'remove' | null>(null)
  const { disposition_set_id: id, name, version } = set
  const close = () => setOpen(null)
  return (
    <>
      <More
        name={name}
        deeds={[
          { label: words.rename, run: () => setOpen('rename') },
          { label: words.remove, run: () => setOpen('remove') },
        ]}
      />
      {open === 'rename' && (
        <NameDialog
          title={words.rename_title(name)}
          label={words.set_label}
          submit={words.rename_submit}
          name={name}
          moved={words.renamed_meanwhile(name)}
          send={(next) => client.changeDispositionSet(id, { name: next }, {}, version)}
          onDone={(made: DispositionSet) => toast(words.renamed(made.name))}
          onClose={close}
        />
      )}
      {open === 'remove' && (
        <SureDialog
          title={words.remove_title(name)}
          says={() => words.remove_set}
          submit={words.remove_submit}
          done={words.removed(name)}
          of={['outcome-set', id, version]}
          send={(query) => client.deleteDispositionSet(id, query, version)}
          onClose={close}
          onDone={() => void navigate({ to: '/outcomes' })}
        />
      )}
    </>
  )
}

// The outcome sets, and the templates that use each.

import { Button, NativeSelect } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { DispositionSet } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import type { SetUp } from '../api/set-up.ts'
import { NameDialog } from '../set-up/name-dialog.tsx'
import { useMayManage, WithSetUp } from '../set-up/screen.tsx'
import styles from '../set-up/set-up.module.css'
import { TeamSelect, useNewTeam } from '../set-up/team.tsx'
import { Page } from '../shell/page.tsx'
import { Tag, typed } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { outcomes as words } from '../text/outcomes.ts'
import { usedBy } from './used-by.ts'

export const OutcomesScreen = () => (
  <WithSetUp title={words.title}>{(set_up) => <Sets set_up={set_up} />}</WithSetUp>
)

function Sets({ set_up: { disposition_sets } }: { set_up: SetUp }) {
  const may = useMayManage()
  const [adding, setAdding] = useState(false)
  const has_teams = new Set(disposition_sets.map(({ team }) => team)).size > 1
  const add = may && (
    <Button variant="filled" onClick={() => setAdding(true)}>
      {words.add_set}
    </Button>
  )
  return (
    <Page title={words.title} width="page" actions={disposition_sets.length > 0 && add}>
      <p className={`${styles.intro} dimmed small`}>{words.intro}</p>
      {disposition_sets.length === 0 ? (
        <section className={styles.empty}>
          <p>{words.empty_title}</p>
          {add}
        </section>
      ) : (
        <ul className={`${styles.list} list`}>
          {disposition_sets.map((set) => (
            <li key={set.disposition_set_id}>
              <Link to="/outcomes/$set" params={{ set: String(set.disposition_set_id) }}>
                {set.name}
              </Link>
              {has_teams && <Tag>{set.team}</Tag>}
              <span className="dimmed small">{words.counted(set.dispositions.length)}</span>
              <span className={`${styles.end} dimmed small`}>{usedBy(set)}</span>
            </li>
          ))}
        </ul>
      )}
      {adding && <NewSet sets={disposition_sets} onClose={() => setAdding(false)} />}
    </Page>
  )
}

function NewSet({ sets, onClose }: { sets: readonly DispositionSet[]; onClose: () => void }) {
  const navigate = useNavigate()
  const team = useNewTeam()
  const [copied, setCopied] = useState(String(sets[0]?.disposition_set_id ?? ''))
  return (
    <NameDialog
      title={words.add_set}
      label={words.set_label}
      submit={words.make_set}
      send={(name) =>
        client.createDispositionSet({
          name,
          ...team.given,
          ...(copied === '' ? {} : { copy_of: Number(copied) }),
        })
      }
      onDone={({ disposition_set_id, name }: DispositionSet) => {
        toast(words.set_made(name))
        void navigate({ to: '/outcomes/$set', params: { set: String(disposition_set_id) } })
      }}
      onClose={onClose}
    >
      <TeamSelect of={team} />
      <NativeSelect
        label={words.copy_of}
        value={copied}
        data={[
          ...sets.map(({ disposition_set_id, name }) => ({ value: String(disposition_set_id), label: name })),
          { value: '', label: words.copy_none },
        ]}
        onChange={typed(setCopied)}
      />
    </NameDialog>
  )
}

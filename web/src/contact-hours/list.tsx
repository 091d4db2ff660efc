// All contact hours, with the templates that use them.

import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ContactHours } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import type { SetUp } from '../api/set-up.ts'
import { NameDialog } from '../set-up/name-dialog.tsx'
import { useMayManage, WithSetUp } from '../set-up/screen.tsx'
import styles from '../set-up/set-up.module.css'
import { TeamSelect, useNewTeam } from '../set-up/team.tsx'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { Page } from '../shell/page.tsx'
import { toast } from '../shell/toast.tsx'
import { contact_hours as words } from '../text/contact-hours.ts'
import { ownZone } from '../text/times.ts'
import { usersOf } from './users.ts'
import { zoneChoices, zoneLabel } from './zones.ts'

export const ContactHoursScreen = () => (
  <WithSetUp title={words.title}>{(set_up) => <List set_up={set_up} />}</WithSetUp>
)

function List({ set_up }: { set_up: SetUp }) {
  const may = useMayManage()
  const [adding, setAdding] = useState(false)
  const { contact_hours } = set_up
  const add = may && (
    <Button variant="filled" onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  )
  return (
    <Page title={words.title} width="page" actions={contact_hours.length > 0 && add}>
      <p className={`${styles.intro} dimmed small`}>{words.intro}</p>
      {contact_hours.length === 0 ? (
        <section className={styles.empty}>
          <p>{words.empty}</p>
          {add}
        </section>
      ) : (
        <ul className={`${styles.list} list`}>
          {contact_hours.map((hours) => (
            <li key={hours.contact_hours_id}>
              <Link to="/contact-hours/$id" params={{ id: String(hours.contact_hours_id) }}>
                {hours.name}
              </Link>
              <span className="dimmed small">
                {hours.local_to_lead ? words.clock_theirs : zoneLabel(hours.zone)}
              </span>
              <span className={`${styles.end} dimmed small`}>{usersOf(set_up, hours)}</span>
            </li>
          ))}
        </ul>
      )}
      {adding && <NewHours onClose={() => setAdding(false)} />}
    </Page>
  )
}

function NewHours({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const team = useNewTeam()
  const [zone, setZone] = useState(ownZone)
  return (
    <NameDialog
      title={words.add}
      label={words.label}
      submit={words.make}
      send={(name) => client.createContactHours({ name, zone, ...team.given })}
      onDone={({ contact_hours_id, name }: ContactHours) => {
        toast(words.made(name))
        void navigate({ to: '/contact-hours/$id', params: { id: String(contact_hours_id) } })
      }}
      onClose={onClose}
    >
      <TeamSelect of={team} />
      <ChoiceInput
        label={words.zone}
        nothing={words.zone_unknown}
        choices={zoneChoices()}
        value={zone}
        onChoose={setZone}
      />
    </NameDialog>
  )
}

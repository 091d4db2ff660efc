// Operators and teams: who may sign in, what they may do, and whose leads they see.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operator } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { operatorsQuery, peopleChanged } from '../api/people.ts'
import { useOperator } from '../api/session.ts'
import { useMeant } from '../shell/again.ts'
import { Listing, Section } from '../shell/listing.tsx'
import { Page } from '../shell/page.tsx'
import { Ago, Tag } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { people } from '../text/people.ts'
import { roles } from '../text/shell.ts'
import { Hand, type Handed } from './hand.tsx'
import { NewPasswordDialog } from './new-password.tsx'
import { Person } from './person.tsx'
import { Teams } from './teams.tsx'

const words = people.list

type Open = { deed: 'add' } | { deed: 'change' | 'password'; person: Operator }

export function PeopleScreen() {
  const own = useOperator()
  const asked = useQuery(operatorsQuery)
  const [open, setOpen] = useState<Open | null>(null)
  const [handed, setHanded] = useState<Handed | null>(null)
  const close = () => setOpen(null)
  return (
    <Page
      title={people.title}
      width="page"
      actions={
        <Button variant="filled" onClick={() => setOpen({ deed: 'add' })}>
          {words.add}
        </Button>
      }
    >
      <Section id="people" title={words.title}>
        <Listing
          name={words.table}
          columns={words.columns}
          asked={asked}
          empty={words.empty}
          keyOf={({ operator_id }) => operator_id}
          isPast={({ disabled }) => disabled}
          cells={(person) => ({
            name: (
              <>
                <span className="row">
                  {person.name}
                  {person.operator_id === own.operator_id && <Tag tone="strong">{words.you}</Tag>}
                  {person.disabled && <Tag tone="warn">{words.off}</Tag>}
                </span>
                <div className="dimmed tiny">{person.login}</div>
              </>
            ),
            role: roles[person.role],
            teams: person.teams.length > 0 ? person.teams.join(', ') : words.every_team,
            seen: person.last_seen_at ? <Ago at={person.last_seen_at} /> : words.never,
          })}
          deeds={(person) => <Deeds person={person} own={own} onOpen={setOpen} />}
        />
      </Section>
      <Teams />
      {(open?.deed === 'add' || open?.deed === 'change') && (
        <Person
          person={open.deed === 'change' ? open.person : undefined}
          onClose={close}
          onAdded={setHanded}
        />
      )}
      {open?.deed === 'password' && (
        <NewPasswordDialog person={open.person} onClose={close} onSet={setHanded} />
      )}
      {handed && <Hand {...handed} onClose={() => setHanded(null)} />}
    </Page>
  )
}

interface DeedsProps {
  person: Operator
  own: Operator
  onOpen: (open: Open) => void
}

function Deeds({ person, own, onOpen }: DeedsProps) {
  const { operator_id, name, disabled } = person
  const turning = useMutation({
    mutationFn: (off: boolean) => must(client.changeOperator(operator_id, { disabled: off })),
    onSuccess: ({ disabled: off }) => {
      if (off) toast(words.turned_off(name), [{ label: words.undo, run: () => turning.mutate(false) }])
      else toast(words.turned_on(name))
    },
    onSettled: peopleChanged,
  })
  const isMeant = useMeant()
  return (
    <>
      <Button
        size="compact-xs"
        aria-label={words.change_of(name)}
        onClick={() => onOpen({ deed: 'change', person })}
      >
        {words.change}
      </Button>
      {operator_id !== own.operator_id && (
        <>
          <Button
            size="compact-xs"
            aria-label={words.password_of(name)}
            onClick={() => onOpen({ deed: 'password', person })}
          >
            {words.password}
          </Button>
          <Button
            size="compact-xs"
            aria-label={disabled ? words.turn_on_of(name) : words.turn_off_of(name)}
            // A button that is disabled meanwhile would lose the focus.
            aria-busy={turning.isPending}
            onClick={() => isMeant() && !turning.isPending && turning.mutate(!disabled)}
          >
            {disabled ? words.turn_on : words.turn_off}
          </Button>
        </>
      )}
      {turning.error && <Problem error={turning.error} />}
    </>
  )
}

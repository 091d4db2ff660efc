// Adds a person, or changes one: name, role and teams.

import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operator, Role } from '../../../src/client/api.ts'
import { ROLES } from '../../../src/core/operator.ts'
import { client, must, queries } from '../api/client.ts'
import { peopleChanged, teamsQuery } from '../api/people.ts'
import { sessionQuery, useOperator } from '../api/session.ts'
import { changesOf } from '../set-up/differences.ts'
import { OneOf, SomeOf } from '../shell/choices-field.tsx'
import { FormDialog, wrongIn } from '../shell/form-dialog.tsx'
import { typed } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { people } from '../text/people.ts'
import { text } from '../text.ts'
import type { Handed } from './hand.tsx'
import { madeUpPassword } from './password.ts'
import styles from './people.module.css'

const words = people.form
const FIELDS = ['name', 'login', 'role', 'teams', 'password', 'disabled']

interface PersonProps {
  /** Absent: a new one. */
  person?: Operator
  onClose: () => void
  onAdded: (handed: Handed) => void
}

export function Person({ person, onClose, onAdded }: PersonProps) {
  const own = useOperator()
  const is_own = person?.operator_id === own.operator_id
  const is_bound = own.teams.length > 0
  const teams = useQuery(teamsQuery).data ?? []
  const [name, setName] = useState(person?.name ?? '')
  const [login, setLogin] = useState('')
  const [role, setRole] = useState<Role>(person?.role ?? 'agent')
  const [chosen, setChosen] = useState<readonly string[]>(person?.teams ?? (is_bound ? own.teams : []))
  const [password, setPassword] = useState('')
  const rights = { role, teams: chosen.toSorted() }
  /** What others changed since the dialog opened stays. */
  const changeOf = (before: Operator) => {
    const shown = { ...before, teams: before.teams.toSorted() }
    return changesOf<Operator>(shown, { name: name.trim(), ...(is_own ? {} : rights) })
  }
  const saving = useMutation({
    mutationFn: () =>
      person
        ? must(client.changeOperator(person.operator_id, changeOf(person)))
        : must(client.createOperator({ name, login, password, ...rights })),
    onSuccess: async (saved) => {
      if (is_own) await queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
      onClose()
      if (person) toast(words.changed(saved.name))
      else onAdded({ name: saved.name, login: saved.login, password })
    },
    onSettled: peopleChanged,
  })
  const wrong = wrongIn(saving.error)
  // What the person has stays a choice, whoever may see it.
  const names = [...new Set([...teams.map((team) => team.name), ...chosen])].sort()
  return (
    <FormDialog
      title={person ? words.change(person.name) : words.add}
      submit={person ? words.submit_change : words.submit_add}
      saving={saving}
      said_by_fields={FIELDS}
      can={name.trim() !== '' && (person !== undefined || (login.trim() !== '' && password !== ''))}
      onSend={() => saving.mutate()}
      onClose={onClose}
    >
      <TextInput
        data-autofocus
        label={words.name}
        description={words.name_hint}
        autoComplete="off"
        value={name}
        onChange={typed(setName)}
        error={wrong.get('name')}
      />
      {!person && (
        <TextInput
          label={words.login}
          description={words.login_hint}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={login}
          onChange={typed(setLogin)}
          error={wrong.get('login')}
        />
      )}
      {is_own ? (
        <p className="dimmed small">{words.own}</p>
      ) : (
        <>
          <OneOf
            label={words.role}
            choices={ROLES.map((value) => ({ value, label: people.roles[value] }))}
            value={role}
            onChange={setRole}
            error={wrong.get('role')}
          />
          {names.length > 1 || is_bound ? (
            <SomeOf
              label={words.teams}
              hint={is_bound ? words.teams_hint_bound : words.teams_hint}
              choices={names.map((value) => ({ value, label: value }))}
              values={chosen}
              onChange={setChosen}
              error={wrong.get('teams')}
            />
          ) : (
            <p className="dimmed small">{words.no_teams}</p>
          )}
        </>
      )}
      {!person && (
        <NewPassword
          label={words.password}
          hint={words.password_hint}
          value={password}
          onChange={setPassword}
          error={wrong.get('password')}
        />
      )}
    </FormDialog>
  )
}

interface NewPasswordProps {
  label: string
  hint: string
  value: string
  onChange: (password: string) => void
  error: string | undefined
}

/** A password for somebody else, typed or made up. */
export function NewPassword({ label, hint, value, onChange, error }: NewPasswordProps) {
  const [shown, setShown] = useState(false)
  return (
    <div className={`${styles.password} row`}>
      <PasswordInput
        label={label}
        description={hint}
        autoComplete="new-password"
        visible={shown}
        onVisibilityChange={setShown}
        visibilityToggleButtonProps={{ 'aria-label': text.sign_in.show }}
        value={value}
        onChange={typed(onChange)}
        error={error}
        aria-invalid={error !== undefined}
      />
      <Button
        onClick={() => {
          onChange(madeUpPassword())
          setShown(true)
        }}
      >
        {words.make_up}
      </Button>
    </div>
  )
}

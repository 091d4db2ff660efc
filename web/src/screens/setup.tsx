// The first run: the first account, then the ways to get a first lead in.

import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Refused } from '../api/client.ts'
import { queries } from '../api/queries.ts'
import { createFirstOperator, sessionQuery } from '../api/session.ts'
import { problemAt, problemsOf } from '../fields/problems.ts'
import { Doorstep } from '../shell/doorstep.tsx'
import { Problem } from '../shell/problem.tsx'
import { text } from '../text.ts'
import { FirstLead } from './first-lead.tsx'
import styles from './setup.module.css'

const words = text.setup

export function SetupScreen() {
  const { data } = useQuery(sessionQuery)
  return data?.operator ? <FirstLead operator={data.operator} /> : <FirstOperator />
}

const EMPTY = { code: '', name: '', login: '', password: '' }

function FirstOperator() {
  const [typed, setTyped] = useState(EMPTY)
  const create = useMutation({
    mutationFn: createFirstOperator,
    meta: { signs_in: true },
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  })
  const refused = create.error instanceof Refused ? create.error.problem : undefined
  const problems = refused ? problemsOf(refused) : []
  // Whoever comes second needs a key, or to be an admin.
  const late = refused?.name === 'UNAUTHORIZED' || refused?.name === 'FORBIDDEN'
  const input = (key: keyof typeof EMPTY) => ({
    name: key,
    required: true,
    withAsterisk: false,
    value: typed[key],
    onChange: (event: { currentTarget: { value: string } }) =>
      setTyped({ ...typed, [key]: event.currentTarget.value }),
    error: problemAt(problems, key),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!create.isPending)
      create.mutate({
        ...typed,
        code: typed.code.trim(),
        name: typed.name.trim(),
        login: typed.login.trim(),
      })
  }
  return (
    <Doorstep title={words.title} intro={words.intro}>
      <form className={styles.form} onSubmit={submit}>
        {create.error && late && (
          <p role="alert" className={styles.late}>
            {words.taken} <Link to="/login">{words.to_sign_in}</Link>
          </p>
        )}
        {create.error && !late && problems.length === 0 && <Problem error={create.error} />}
        <TextInput
          {...input('code')}
          label={words.code}
          description={words.code_hint}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          autoFocus
        />
        <TextInput {...input('name')} label={words.name} description={words.name_hint} autoComplete="name" />
        <TextInput
          {...input('login')}
          name="username"
          label={text.sign_in.login}
          description={words.login_hint}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
        />
        <PasswordInput
          {...input('password')}
          label={text.sign_in.password}
          description={words.password_hint}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': text.sign_in.show }}
        />
        <Button type="submit" fullWidth loading={create.isPending}>
          {words.submit}
        </Button>
      </form>
    </Doorstep>
  )
}

// The first run: the first account, then the ways to get a first lead in, by hand or by a curl that is ready to paste.

import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Operator } from '../../../src/client/api.ts'
import { client, must, queries, Refused } from '../api/client.ts'
import { sessionQuery } from '../api/session.ts'
import { useSetUp } from '../api/set-up.ts'
import { Doorstep } from '../shell/page.tsx'
import { Copy, onSubmit, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { problemsOf } from '../shell/value-problems.ts'
import { setup } from '../text/setup.ts'
import { text } from '../text.ts'
import { insertExample } from './example.ts'
import styles from './setup.module.css'

const words = setup

export function SetupScreen() {
  const { data } = useQuery(sessionQuery)
  return data?.operator ? <FirstLead operator={data.operator} /> : <FirstOperator />
}

function FirstOperator() {
  const [form, setForm] = useState({ code: '', name: '', login: '', password: '' })
  const create = useMutation({
    mutationFn: () =>
      must(
        client.createOperator({
          role: 'admin',
          code: form.code.trim(),
          name: form.name.trim(),
          login: form.login.trim(),
          password: form.password,
        }),
      ),
    meta: { signs_in: true },
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  })
  const refused = create.error instanceof Refused ? create.error.problem : undefined
  const problems = refused ? problemsOf(refused) : []
  // Somebody else has made the first account: now the route needs a key or an admin.
  const late = refused?.name === 'UNAUTHORIZED' || refused?.name === 'FORBIDDEN'
  const input = (key: keyof typeof form) => ({
    name: key,
    required: true,
    withAsterisk: false,
    value: form[key],
    onChange: typed((value) => setForm({ ...form, [key]: value })),
    error: problems.find(({ path }) => path === key)?.detail,
  })
  return (
    <Doorstep title={words.title} intro={words.intro}>
      <form
        className="stack"
        style={{ gap: 14 }}
        onSubmit={onSubmit(() => create.isPending || create.mutate())}
      >
        {late && (
          <p role="alert" className={`${styles.late} notice`}>
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
        <Button variant="filled" type="submit" loading={create.isPending}>
          {words.submit}
        </Button>
      </form>
    </Doorstep>
  )
}

function FirstLead({ operator }: { operator: Operator }) {
  const set_up = useSetUp().data
  const example = set_up && insertExample(set_up)
  return (
    <Doorstep title={words.done_title(operator.name)} intro={words.done_intro} wide>
      <section className={styles.way}>
        <div>
          <h2>{words.by_hand}</h2>
          <p className="dimmed">{words.by_hand_what}</p>
        </div>
        <Button variant="filled" component={Link} to="/leads/new">
          {words.create}
        </Button>
      </section>
      {example && (
        <section className={styles.curl}>
          <div className={styles.way}>
            <div>
              <h2>{words.by_api}</h2>
              <p className="dimmed">{words.by_api_what(example.campaign)}</p>
            </div>
            <Copy value={example.curl} label={words.copy} />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
          <pre className={styles.code} tabIndex={0}>
            {example.curl}
          </pre>
          <p className="dimmed small" style={{ overflowWrap: 'anywhere' }}>
            {words.key_note} <code className="mono">{words.key_command}</code>
          </p>
        </section>
      )}
      <Link to="/">{words.go_on}</Link>
    </Doorstep>
  )
}

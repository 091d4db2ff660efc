// The first steps of an installation. Each is done when what it makes is there.

import { Button } from '@mantine/core'
import IconCircle from '@tabler/icons-react/icons/IconCircle'
import IconCircleCheck from '@tabler/icons-react/icons/IconCircleCheck'
import { useMutation, useQuery } from '@tanstack/react-query'
import { createLink, Link, useNavigate } from '@tanstack/react-router'
import { type ComponentProps, type ReactNode, useState } from 'react'
import type { MadeApiKey } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { hasEnded, keysChanged, keysQuery } from '../api/keys.ts'
import { leadsQuery } from '../api/leads.ts'
import { operatorsQuery } from '../api/people.ts'
import { useOperator } from '../api/session.ts'
import { openAllocations, useSetUp } from '../api/set-up.ts'
import { Secret } from '../keys/secret.tsx'
import { useAskMs } from '../shell/asking.ts'
import { Page } from '../shell/page.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { home as words } from '../text/home.ts'
import { startHidden } from './hidden.ts'
import styles from './home.module.css'

const ButtonLink = createLink((props: ComponentProps<'a'>) => <Button {...props} component="a" size="xs" />)

/** Looks again while somebody works in a terminal beside it. */
const ASK_MS = 3_000

export function HomeScreen() {
  const now = useNow()
  const navigate = useNavigate()
  const { teams } = useOperator()
  const [made, setMade] = useState<MadeApiKey | null>(null)
  const ask_ms = useAskMs(ASK_MS)
  const leads = useQuery({
    ...leadsQuery({}),
    refetchInterval: ({ state }) => (state.data?.items.length ? false : ask_ms),
  }).data
  const operators = useQuery(operatorsQuery).data
  const keys = useQuery(keysQuery).data
  const set_up = useSetUp().data
  const { steps } = words
  const making = useMutation({
    mutationFn: () => must(client.createApiKey({ name: steps.lead.key_name, scopes: ['insert'], teams })),
    onSuccess: setMade,
    onSettled: keysChanged,
    // The answer holds the key.
    gcTime: 0,
  })
  const hide = () => {
    startHidden.set(true)
    toast(words.hidden, [{ label: words.undo, run: () => startHidden.set(false) }])
    void navigate({ to: '/leads' })
  }
  return (
    <Page title={words.title} width="form" actions={<Button onClick={hide}>{words.hide}</Button>}>
      <p className="dimmed">{words.intro}</p>
      <ol className={`${styles.steps} list`}>
        <Step {...steps.campaign} done={set_up && set_up.campaigns.length > 0}>
          <ButtonLink to="/campaigns">{steps.campaign.go}</ButtonLink>
        </Step>
        <Step {...steps.lead} done={leads && leads.items.length > 0}>
          <div className="row">
            <Button
              size="xs"
              variant="filled"
              loading={making.isPending}
              disabled={set_up && openAllocations(set_up).length === 0}
              onClick={() => making.mutate()}
            >
              {steps.lead.go}
            </Button>
            <Link to="/leads/new" className="small">
              {steps.lead.or}
            </Link>
          </div>
          {making.error && <Problem error={making.error} />}
        </Step>
        <Step {...steps.people} done={operators && operators.filter(({ disabled }) => !disabled).length > 1}>
          <ButtonLink to="/people">{steps.people.go}</ButtonLink>
        </Step>
        <Step
          {...steps.dialler}
          done={keys?.some((key) => key.scopes.includes('dial') && !hasEnded(key, now))}
        >
          <ButtonLink to="/keys">{steps.dialler.go}</ButtonLink>
        </Step>
      </ol>
      {made && (
        <Secret
          made={made}
          onClose={() => {
            setMade(null)
            making.reset()
          }}
        />
      )}
    </Page>
  )
}

interface StepProps {
  title: string
  note: string
  /** Undefined: that is not known yet. */
  done: boolean | undefined
  children: ReactNode
}

function Step({ title, note, done, children }: StepProps) {
  const Icon = done ? IconCircleCheck : IconCircle
  return (
    <li className={`${styles.step} card`} data-done={done || undefined}>
      <span className={styles.mark}>
        <Icon size={20} aria-hidden />
        <span className="visually-hidden">{done ? words.done : words.to_do}</span>
      </span>
      <div>
        <h2>{title}</h2>
        <p className="dimmed small">{note}</p>
      </div>
      <div>{children}</div>
    </li>
  )
}

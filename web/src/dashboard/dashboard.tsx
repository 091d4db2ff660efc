// One screen for those who run the floor: is it taking leads, is anything refused, does anybody have to act.

import { Button } from '@mantine/core'
import { createLink, Link } from '@tanstack/react-router'
import { type ComponentProps, useState } from 'react'
import type { Stats } from '../../../src/client/api.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { useStats } from '../api/stats.ts'
import { Page, Waiting } from '../shell/page.tsx'
import { Notice } from '../shell/problem.tsx'
import { dashboard as words } from '../text/dashboard.ts'
import { Answers } from './answers.tsx'
import { Campaigns } from './campaigns.tsx'
import styles from './dashboard.module.css'
import { Freshness } from './freshness.tsx'
import { Hour } from './hour.tsx'
import { hasNoLeads } from './judge.ts'
import { Refusals } from './refusals.tsx'

const ButtonLink = createLink((props: ComponentProps<'a'>) => <Button {...props} component="a" />)

/** Only a click may ask for it; a browser that refuses shows the board in its window. */
const fillScreen = () => void document.documentElement.requestFullscreen?.().catch(() => undefined)

export function DashboardScreen() {
  const { stats, error, retry, stale_since } = useStats()
  const [paused, setPaused] = useState<{ at: number; stats: Stats } | null>(null)
  if (!stats) return <Waiting title={words.title} error={error} retry={retry} />
  const shown = paused?.stats ?? stats
  return (
    <Page
      title={words.title}
      aside={<Freshness stale_since={stale_since} paused_at={paused?.at} />}
      actions={
        <>
          <Button onClick={() => setPaused(paused ? null : { at: Date.now(), stats })}>
            {paused ? words.go_on : words.pause}
          </Button>
          <ButtonLink to="/board" onClick={fillScreen}>
            {words.open_board}
          </ButtonLink>
        </>
      }
    >
      {stale_since !== null && !paused && <Notice tone="warn">{words.stale_note}</Notice>}
      {hasNoLeads(shown) && <Empty />}
      <Answers stats={shown} />
      <Hour hour={shown.hour} />
      <Refusals hour={shown.hour} />
      <Campaigns campaigns={shown.campaigns} />
    </Page>
  )
}

function Empty() {
  const is_admin = hasRole(useOperator(), 'admin')
  return (
    <section className={`${styles.empty} card`}>
      <h2>{words.empty.title}</h2>
      <p className="dimmed">{words.empty.note}</p>
      <p className="row">
        {is_admin && <Link to="/">{words.empty.start}</Link>}
        <Link to="/leads/new">{words.empty.type}</Link>
      </p>
    </section>
  )
}

// The frame of a screen: document title, heading, actions. And screens that say only one thing.

import { Button, Loader } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft'
import { createLink, type ErrorComponentProps, Link } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import type { Role } from '../../../src/client/api.ts'
import { BASE, NoAnswer, Refused } from '../api/client.ts'
import { lookForServer } from '../api/connection.ts'
import { ScreenGone, ScreenUnreached } from '../load-screen.tsx'
import { text } from '../text.ts'
import { Problem } from './problem.tsx'
import styles from './shell.module.css'

const words = text.shell.error

export interface PageProps {
  /** The heading. */
  title: string
  /** Of the document, the narrowest first, without the product: ['Merge', 'Jane Citizen', 'Leads']. Else the title. */
  document_title?: readonly string[]
  /** Beside the heading: a badge, a number. */
  aside?: ReactNode
  /** At the right: buttons. */
  actions?: ReactNode
  /** Above the heading: the way back. */
  back?: ReactNode
  /** Lists take the whole width, forms stay readable. */
  width?: 'form' | 'page' | 'full'
  children: ReactNode
}

export function Page({ title, document_title, aside, actions, back, width = 'full', children }: PageProps) {
  useDocumentTitle(text.shell.title(document_title ?? [title]))
  return (
    <div className={styles.page} data-width={width}>
      <header className={`${styles.head} row`}>
        <div className={styles.heading}>
          {back}
          <div className={styles.title}>
            <h1 tabIndex={-1} dir="auto" title={title}>
              {title}
            </h1>
            {aside}
          </div>
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** The way back, above the heading. */
export const Back = createLink(({ children, ...link }: ComponentProps<'a'>) => (
  <a {...link} className={styles.back}>
    <IconArrowLeft size={14} aria-hidden />
    {children}
  </a>
))

export function Loading() {
  return (
    <div className={styles.loading} role="status">
      <Loader size="sm" />
      <span className="visually-hidden">{text.shell.loading}</span>
    </div>
  )
}

/** A screen that is loading, or that could not load. */
export function Waiting({ title, error, retry }: { title: string; error: unknown; retry?: () => void }) {
  if (!error) return <Loading />
  return (
    <Page title={title}>
      <Problem error={error} onRetry={retry} />
    </Page>
  )
}

function DeadEnd({ title, what }: { title: string; what: string }) {
  return (
    <Page title={title} width="form">
      <p className="dimmed">{what}</p>
      <Button component={Link} to="/leads" mt={16}>
        {words.to_leads}
      </Button>
    </Page>
  )
}

/** An address that leads nowhere; inside the shell and outside it. */
export const NotFound = () => <DeadEnd title={words.not_found_title} what={words.not_found} />

/** `least`: the least role that the screen is for. */
export const Forbidden = ({ least }: { least: Role }) => (
  <DeadEnd title={words.forbidden_title} what={words.forbidden[least]} />
)

/** A screen that threw while it was loaded or drawn. The shell around it stays. */
export function Crashed({ error, reset }: ErrorComponentProps) {
  const is_gone = error instanceof ScreenGone
  const passing =
    error instanceof Refused || (error instanceof NoAnswer && !(error instanceof ScreenUnreached))
  const reload = async () => {
    // Without a server the browser would show a page of its own.
    if (await lookForServer()) window.location.reload()
  }
  return (
    <Page title={is_gone ? text.connection.missing_title : words.title} width="form">
      <Problem
        error={error}
        title={is_gone ? text.connection.missing : undefined}
        onRetry={passing ? reset : () => void reload()}
      />
    </Page>
  )
}

interface DoorstepProps {
  title: string
  intro?: ReactNode
  foot?: ReactNode
  wide?: boolean
  children: ReactNode
}

/** The frame of the screens before the sign-in: a card in the middle of an empty page. */
export function Doorstep({ title, intro, foot, wide, children }: DoorstepProps) {
  useDocumentTitle(text.shell.title([title]))
  return (
    <main className={styles.doorstep} data-wide={wide || undefined}>
      <p className={styles.product}>
        <img src={`${BASE}icon.svg`} alt="" width={28} height={28} />
        {text.shell.product}
      </p>
      <div className={`${styles.step} card`}>
        <h1 tabIndex={-1}>{title}</h1>
        {intro && <p className={styles.intro}>{intro}</p>}
        {children}
      </div>
      {foot && <p className={styles.foot}>{foot}</p>}
    </main>
  )
}

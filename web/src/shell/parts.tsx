// Small parts that the screens share.

import { Button, CopyButton } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { useNow } from '../api/clock.ts'
import { createStore, useStore } from '../store.ts'
import { ago, exactly } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './shell.module.css'

interface TagProps {
  tone?: 'plain' | 'strong' | 'warn' | 'good'
  title?: string
  children: ReactNode
}

/** A short label. */
export const Tag = ({ tone = 'plain', title, children }: TagProps) => (
  <span className={styles.tag} data-tone={tone} title={title}>
    {children}
  </span>
)

/** How long ago; exactly on demand. */
export const Ago = ({ at }: { at: string }) => (
  <time dateTime={at} title={exactly(at)}>
    {ago(at, useNow())}
  </time>
)

/** How long ago, and exactly. */
export const AgoExactly = ({ at, className }: { at: string; className?: string }) => (
  <time dateTime={at} className={className}>{`${ago(at, useNow())} (${exactly(at)})`}</time>
)

export const Copy = ({ value, label, size }: { value: string; label: string; size?: string }) => (
  <CopyButton value={value}>
    {({ copied, copy }) => (
      <Button
        size={size}
        onClick={() => {
          copy()
          announce(text.shell.details.copied)
        }}
      >
        {copied ? text.shell.details.copied : label}
      </Button>
    )}
  </CopyButton>
)

/** Longer lists of choices can be searched. */
export const PLAIN_MAX = 8

/** Makes the handler of an input from a setter. */
export const typed = (set: (value: string) => void) => (event: { currentTarget: { value: string } }) =>
  set(event.currentTarget.value)

/** Makes the handler of a form, which stays on the page. */
export const onSubmit = (run: () => void) => (event: FormEvent) => {
  event.preventDefault()
  run()
}

const message = createStore('')
let timer: ReturnType<typeof setTimeout> | undefined

/**
 * Tells screen readers politely what changed while the focus stayed: saved, 12 results, 3 new. The latest message
 * wins. Losses and refusals have their own alerts where they happen.
 */
export function announce(said: string): void {
  clearTimeout(timer)
  // Cleared first, so that the same words are said again.
  message.set('')
  timer = setTimeout(() => message.set(said), 150)
}

export const Announcer = () => (
  <div className="visually-hidden" aria-live="polite" aria-atomic="true">
    {useStore(message)}
  </div>
)

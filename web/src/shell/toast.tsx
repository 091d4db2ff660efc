// Messages: what was done, with the way back. Each has room of its own, so that none covers an action or takes its place:
// in the save bar of the lead that it is about, else in the bar at the top. Nothing depends on a message being seen.

import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { createStore, useStore } from '../store.ts'
import { text } from '../text.ts'
import { announce } from './parts.tsx'
import styles from './shell.module.css'

const SHOWN_MS = 20_000

interface Message {
  said: string
  /** Buttons. */
  actions: readonly { label: string; run: () => void }[]
  about: About | undefined
}

/** The lead that a message is about. */
export interface About {
  lead_id: string
  name: string
}

const message = createStore<Message | null>(null)
/** The lead whose save bar is on the screen. */
const barOf = createStore<string | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

export function toast(said: string, actions: Message['actions'] = [], about?: About): void {
  announce(said)
  clearTimeout(timer)
  message.set({ said, actions, about })
  timer = setTimeout(endToast, SHOWN_MS)
}

export function endToast(): void {
  clearTimeout(timer)
  message.set(null)
}

/** For the save bar of a lead: the message about it. */
export function useToastOf(lead_id: string): Message | null {
  useEffect(() => {
    barOf.set(lead_id)
    return () => barOf.set(null)
  }, [lead_id])
  const shown = useStore(message)
  return shown?.about?.lead_id === lead_id ? shown : null
}

export const Toast = ({ said, actions }: Pick<Message, 'said' | 'actions'>) => (
  <div className={`${styles.toast} row`} data-toast>
    <span>{said}</span>
    {actions.map(({ label, run }) => (
      <Button
        key={label}
        size="compact-xs"
        onClick={() => {
          endToast()
          run()
        }}
      >
        {label}
      </Button>
    ))}
  </div>
)

/** In the bar at the top: the message that no save bar shows. */
export function TopToast() {
  const shown = useStore(message)
  const at_foot = useStore(barOf)
  const is_here = shown !== null && (shown.about === undefined || shown.about.lead_id !== at_foot)
  return (
    <div className={styles.said}>
      {is_here && (
        <Toast {...shown} said={shown.about ? text.shell.about(shown.about.name, shown.said) : shown.said} />
      )}
    </div>
  )
}

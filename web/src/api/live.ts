// What happens elsewhere while a screen is open, by server-sent events. Where there are none, screens ask again by
// themselves; nothing depends on the stream.

import { useEffect, useRef, useState } from 'react'
import { BASE } from './client.ts'

export interface LeadUpdated {
  lead_id: string
  version: number
  actor: string
  actor_name: string | null
  way: string
  at: string
  paths: string[]
}

export interface Present {
  operator_id: number
  name: string
  editing: boolean
  since: string
}

export interface LiveHandlers {
  'lead.updated'?: (event: LeadUpdated) => void
  presence?: (event: { lead_id: string; operators: Present[] }) => void
  conflicts?: (event: { open: number }) => void
}

const NAMES = ['lead.updated', 'presence', 'conflicts'] as const

/** Of six connections that a browser has to one server, pages in the background take none: after so long they let go. */
const HIDDEN_MS = 5_000

/** Listens as long as the component is there and the page is looked at. Answers whether the stream is open. */
export function useLive(topics: string, handlers: LiveHandlers): boolean {
  const [open, setOpen] = useState(false)
  const latest = useRef(handlers)
  latest.current = handlers
  useEffect(() => {
    const listen = () =>
      streamOf(topics, setOpen, (name, data) => {
        ;(latest.current[name] as ((data: unknown) => void) | undefined)?.(data)
      })
    let source: EventSource | undefined = listen()
    let timer: ReturnType<typeof setTimeout> | undefined
    const close = () => {
      source?.close()
      source = undefined
      setOpen(false)
    }
    const onVisibility = () => {
      clearTimeout(timer)
      if (document.hidden) timer = setTimeout(close, HIDDEN_MS)
      else source ??= listen()
    }
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      clearTimeout(timer)
      source?.close()
    }
  }, [topics])
  return open
}

function streamOf(
  topics: string,
  onOpen: (open: boolean) => void,
  onEvent: (name: (typeof NAMES)[number], data: unknown) => void,
): EventSource {
  const source = new EventSource(`${BASE}v1/events?topics=${encodeURIComponent(topics)}`)
  source.onopen = () => onOpen(true)
  source.onerror = () => onOpen(false)
  for (const name of NAMES)
    source.addEventListener(name, (event) => {
      const data = parsed((event as MessageEvent<string>).data)
      if (data) onEvent(name, data)
    })
  return source
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** How often a screen asks by itself without a stream; rarely with one, in case it went silent. */
export const pollMs = (live: boolean) => (live ? 60_000 : 10_000)

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

/** Listens as long as the component is there. Answers whether the stream is open. */
export function useLive(topics: string, handlers: LiveHandlers): boolean {
  const [open, setOpen] = useState(false)
  const latest = useRef(handlers)
  latest.current = handlers
  useEffect(() => {
    const source = new EventSource(`${BASE}v1/events?topics=${encodeURIComponent(topics)}`)
    source.onopen = () => setOpen(true)
    source.onerror = () => setOpen(false)
    for (const name of NAMES)
      source.addEventListener(name, (event) => {
        const data: unknown = parsed((event as MessageEvent<string>).data)
        if (data) (latest.current[name] as ((data: unknown) => void) | undefined)?.(data)
      })
    return () => source.close()
  }, [topics])
  return open
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

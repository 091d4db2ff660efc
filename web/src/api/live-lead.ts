// Keeps an open lead up to date, and tells the others that it is open here.

import { useEffect, useState } from 'react'
import type { Present } from '../../../src/client/events.ts'
import { client, queries } from './client.ts'
import { notesQuery } from './lead.ts'
import { leadQuery } from './leads.ts'
import { pollMs, useLive } from './live.ts'
import { useOperator } from './session.ts'

const HEARTBEAT_MS = 10_000

/** What is known of others who have the same lead open. */
export interface Others {
  present: readonly Present[]
  /** So many changes of the lead are held and were handed to this operator. */
  handed: number
  /** Changes of others come late, because the stream is interrupted. */
  late: boolean
}

/** A stream opens within this time, or something is wrong, milliseconds. */
const LATE_MS = 4_000

/** Keeps a lead up to date while it is open. */
export function useLiveLead(id: string, editing: boolean): Others & { poll_ms: number } {
  const { operator_id } = useOperator()
  const [present, setPresent] = useState<readonly Present[]>([])
  const [handed, setHanded] = useState(0)
  const live = useLive(`lead:${id}`, (followed) => {
    if (!('lead_id' in followed) || followed.lead_id !== id) return
    if (followed.event === 'presence')
      setPresent(followed.operators.filter((one) => one.operator_id !== operator_id))
    else if (followed.event === 'notes') void learnNotes(id, followed.newest)
    else if (followed.event === 'held') {
      learnHeld(id, followed.open)
      const own = followed.assigned_to.filter((one) => one === operator_id).length
      if (own !== handed) void queries.invalidateQueries({ queryKey: ['conflicts'] })
      setHanded(own)
    } else void queries.invalidateQueries({ queryKey: leadQuery(id).queryKey })
  })
  useEffect(() => {
    // A lost heartbeat does no harm: others see the next one.
    const beat = () => void client.sayPresent(id, { editing }).catch(() => undefined)
    beat()
    const timer = setInterval(beat, HEARTBEAT_MS)
    return () => clearInterval(timer)
  }, [id, editing])
  useEffect(() => () => void client.sayGone(id).catch(() => undefined), [id])
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (live) return setLate(false)
    const timer = setTimeout(() => setLate(true), LATE_MS)
    return () => clearTimeout(timer)
  }, [live])
  return { present: live ? present : [], handed, late, poll_ms: pollMs(live) }
}

/** Reads the notes again if there is a newer one than the screen shows. */
async function learnNotes(id: string, newest: number | null): Promise<void> {
  const query = notesQuery(id)
  if (newest === null || !queries.getQueryCache().find({ queryKey: query.queryKey })?.isActive()) return
  const [known] = await queries.ensureQueryData(query)
  if (newest > (known?.note_id ?? 0)) await queries.invalidateQueries({ queryKey: query.queryKey })
}

function learnHeld(id: string, open: number): void {
  const { queryKey } = leadQuery(id)
  const known = queries.getQueryData(queryKey)
  if (known && known.open_conflicts !== open) void queries.invalidateQueries({ queryKey, exact: true })
}

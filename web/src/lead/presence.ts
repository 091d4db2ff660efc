// Who has a lead open: told to the server every so often, heard from its stream.

import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { path } from '../../../src/client/path.ts'
import { client } from '../api/client.ts'
import { leadQuery } from '../api/leads.ts'
import { type Present, pollMs, useLive } from '../api/live.ts'
import { useOperator } from '../api/session.ts'

const HEARTBEAT_MS = 10_000

/** Keeps a lead up to date while it is open, and answers who else is here. */
export function useLiveLead(id: string, editing: boolean): { present: readonly Present[]; poll_ms: number } {
  const cache = useQueryClient()
  const { operator_id } = useOperator()
  const [present, setPresent] = useState<readonly Present[]>([])
  const live = useLive(`lead:${id}`, {
    'lead.updated': (event) => {
      if (event.lead_id === id) void cache.invalidateQueries({ queryKey: leadQuery(id).queryKey })
    },
    presence: ({ lead_id, operators }) => {
      if (lead_id === id) setPresent(operators.filter((one) => one.operator_id !== operator_id))
    },
  })
  useEffect(() => {
    const address = path`/v1/leads/${id}/presence`
    // Without an answer nobody is told, and that is all.
    const beat = () => void client.put(address, { editing }).catch(() => undefined)
    beat()
    const timer = setInterval(beat, HEARTBEAT_MS)
    return () => clearInterval(timer)
  }, [id, editing])
  useEffect(
    () => () => {
      void client.delete(path`/v1/leads/${id}/presence`).catch(() => undefined)
    },
    [id],
  )
  return { present: live ? present : [], poll_ms: pollMs(live) }
}

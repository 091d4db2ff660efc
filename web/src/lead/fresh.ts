// The values of a lead that others have just changed.

import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { historyQuery } from '../api/lead.ts'
import { useOperator } from '../api/session.ts'
import { announce } from '../shell/parts.tsx'
import { text } from '../text.ts'
import { changedPaths, type Draft, valuesOf } from './draft.ts'
import type { LeadSetUp } from './set-up.ts'
import { actorName, groupsInWords } from './show.tsx'

const FRESH_MS = 3_000

/** The paths of values that others have just changed; they are marked for a moment. */
export function useFresh(lead: Lead, set_up: LeadSetUp, draft: Draft | null): ReadonlySet<string> {
  const [seen, setSeen] = useState(lead)
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const { operator_id } = useOperator()
  const is_news = seen.version < lead.version
  const { data: last } = useQuery({ ...historyQuery(lead.id, lead.version - 1), enabled: is_news })
  useEffect(() => {
    const event = last?.find(({ version }) => version === lead.version)
    if (!is_news || !event) return
    setSeen(lead)
    // The operator's own save is not news, and values that are being edited stay as they are.
    if (event.actor === `operator:${operator_id}`) return
    const paths = changedPaths(valuesOf(seen), valuesOf(lead)).filter(
      (path) => !draft || !Object.hasOwn(draft.changes, path),
    )
    if (paths.length === 0) return
    setFresh(new Set(paths))
    announce(text.lead.live.updated(actorName(event), groupsInWords(paths, set_up)))
  }, [lead, seen, is_news, last, draft, set_up, operator_id])
  useEffect(() => {
    if (fresh.size === 0) return
    const timer = setTimeout(() => setFresh(new Set()), FRESH_MS)
    return () => clearTimeout(timer)
  }, [fresh])
  return fresh
}

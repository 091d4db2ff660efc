// When a lead is called again if the draft is saved, as the server and the core work it out.

import { useQuery } from '@tanstack/react-query'
import type { Lead } from '../../../src/client/api.ts'
import type { Consequence } from '../../../src/core/consequence.ts'
import { fieldPath } from '../../../src/core/lead.ts'
import { client, must } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'
import { type Draft, patchOf } from './draft.ts'
import { useLeadSetUp } from './set-up.ts'
import { OUTCOME } from './show.tsx'

/** Hours open and close meanwhile. */
const FRESH_MS = 60_000

/** What follows from the outcome in a draft; undefined while it is not known. */
export function useConsequences(lead: Lead, draft: Draft | null): readonly Consequence[] | undefined {
  const set_up = useLeadSetUp()
  const outcome = Object.entries(draft?.changes ?? {}).filter(([path]) => OUTCOME.includes(path))
  const mine = patchOf(Object.fromEntries(outcome))
  const { data } = useQuery({
    queryKey: ['lead', lead.id, 'consequences', lead.version, mine],
    enabled: mine.disposition !== undefined,
    staleTime: FRESH_MS,
    retry: false,
    queryFn: async () => {
      const [document, { consequencesOf }] = await Promise.all([
        must(client.previewMerge(lead.id, { base_version: lead.version, mine })),
        import('../../../src/core/consequence.ts'),
      ])
      return consequencesOf(document.mine, {
        ...document,
        dispositions: set_up.dispositions,
        phones: set_up.fields.phones.map(({ name }) => fieldPath(name)),
        now: new Date(serverNow()).toISOString(),
      })
    },
  })
  return data
}

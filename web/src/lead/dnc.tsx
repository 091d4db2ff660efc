// Why a number must not be called, in words for people at a screen.

import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DncEvidence } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { tell } from '../shell/problem.tsx'
import { call } from '../text/call.ts'
import { dayOf } from '../text/times.ts'
import { text } from '../text.ts'
import { actorName } from './show.tsx'

const words = text.lead.phone

export function Blocked({ number, campaign_id }: { number: string; campaign_id: number }) {
  const { data, error } = useQuery({
    queryKey: ['dnc', number, campaign_id],
    queryFn: () => must(client.dncNumber(number, { campaign_id })),
  })
  if (error) return <span>{tell(error).said}</span>
  if (!data) return <Loader size="xs" />
  return <span>{data.blocked_by ? entryInWords(data.blocked_by) : call.blocked.not_blocked}</span>
}

function entryInWords(entry: DncEvidence): string {
  const { list, added_at, added_by, added_by_name, reason, expires_at } = entry
  const who = actorName({ actor: added_by, actor_name: added_by_name })
  return call.blocked.entry(words.lists[list], dayOf(added_at), who, reason, expires_at && dayOf(expires_at))
}

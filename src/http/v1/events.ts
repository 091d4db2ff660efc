// What screens follow, as server-sent events; and saying that one has a lead open.

import { PassThrough } from 'node:stream'
import { leadId, readLeadId } from '../../core/lead.ts'
import { LIMITS } from '../../core/limits.ts'
import { refuse } from '../../core/result.ts'
import { viewLead } from '../../db/leads.ts'
import { leave, sayPresent } from '../../db/presence.ts'
import type { Credential, LeadNumber } from '../../db/watch.ts'
import type { Follower } from '../../intake/watch.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'

/** How long a browser waits before it comes back, and how often silence is broken, so that no proxy ends it. */
const RETRY_MS = 2_000
const SILENCE_MS = 15_000
/** What waits for a client that does not read; beyond it the stream is cut, and the client comes back where it was. */
const UNREAD_BYTES_MAX = 64 * 1024

export async function getEvents(call: Call) {
  const { watch } = call.services
  const credential = credentialOf(call)
  const requireRoom = () => {
    if (!watch.hasRoomFor(credential))
      orRefuse(refuse('UNAVAILABLE', 'too many streams are open', { retry_after_s: 10 }))
  }
  requireRoom()
  const { leads, conflicts } = await topicsOf(call)
  // Others may have come meanwhile.
  requireRoom()
  const stream = new PassThrough()
  const write = (text: string) => {
    if (stream.writableLength > UNREAD_BYTES_MAX) stream.destroy()
    else stream.write(text)
  }
  write(`retry: ${RETRY_MS}\n\n`)
  const unfollow = watch.follow({
    credential,
    grant: call.caller,
    leads,
    conflicts: conflicts ? { team_ids: call.caller.team_ids } : null,
    tell: ({ event, ...data }, versions) => {
      const id = [...versions].map(([lead_id, version]) => `${lead_id}@${version}`).join(',')
      write(`${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    end: () => stream.end(),
  })
  const silence = setInterval(() => write(':\n\n'), SILENCE_MS)
  stream.once('close', () => {
    unfollow()
    clearInterval(silence)
  })
  call.reply.header('Content-Type', 'text/event-stream; charset=utf-8').header('X-Accel-Buffering', 'no')
  return stream
}

const credentialOf = ({ caller, request }: Call): Credential => ({
  key_id: caller.key_id,
  session_id: request.raw.leadline!.session?.session_id ?? null,
})

/** What the request asks to follow; leads from the version that it names, or came to the last time, or else from now on. */
async function topicsOf(call: Call): Promise<Pick<Follower, 'leads'> & { conflicts: boolean }> {
  const { topics } = call.request.query as { topics: string }
  const asked = topics.split(',')
  if (asked.length > LIMITS.topics_max)
    return malformed(`at most ${LIMITS.topics_max} topics can be followed at once`)
  const reached = new Map(
    String(call.request.headers['last-event-id'] ?? '')
      .split(',')
      .map((part): [string, string | undefined] => [part.split('@')[0]!, part.split('@')[1]]),
  )
  const leads: (LeadNumber & { version: number })[] = []
  for (const topic of new Set(asked)) {
    if (topic === 'conflicts') continue
    const [, id = '', from] = /^lead:([\d-]+)(?:@(\d{1,9}))?$/.exec(topic) ?? []
    const key = readLeadId(id)
    if (!key) return malformed('a topic is lead:ID, lead:ID@VERSION or conflicts')
    const lead = await viewLead(call.services.pool, key, call.caller)
    if (!lead) return orRefuse(refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead'))
    const last = reached.get(leadId(key.campaign_id, key.number))
    const version = Number(last ?? from ?? lead.version)
    leads.push({ ...key, version: Number.isSafeInteger(version) ? version : lead.version })
  }
  return { leads, conflicts: asked.includes('conflicts') }
}

const malformed = (detail: string) =>
  orRefuse<never>(refuse('MALFORMED_REQUEST', detail, { field: 'topics' }))

async function leadOf(call: Call): Promise<LeadNumber> {
  const key = readLeadId((call.request.params as { id: string }).id)
  const lead = key && (await viewLead(call.services.pool, key, call.caller))
  return lead ?? orRefuse<never>(refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead'))
}

export async function putPresence(call: Call) {
  const { editing } = call.request.body as { editing: boolean }
  await sayPresent(call.services.pool, await leadOf(call), call.caller.operator!.operator_id, editing)
  call.reply.code(204)
}

export async function deletePresence(call: Call) {
  await leave(call.services.pool, await leadOf(call), call.caller.operator!.operator_id)
  call.reply.code(204)
}

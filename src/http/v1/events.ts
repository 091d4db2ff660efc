// Server-sent events for screens, and which operators have a lead open.

import { PassThrough } from 'node:stream'
import { Type } from 'typebox'
import { type LeadVersion, leadId, readLeadId } from '../../core/lead.ts'
import { LIMITS } from '../../core/limits.ts'
import { refuse } from '../../core/result.ts'
import { leave, sayPresent } from '../../db/presence.ts'
import type { Credential } from '../../db/watch.ts'
import type { Follower } from '../../intake/watch.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { del, get, put, routes } from '../route.ts'
import { seenLead } from './leads.ts'
import { Closed, LeadParams } from './shapes.ts'

/** How long a browser waits before it comes back, and how often silence is broken, so that no proxy ends it. */
const RETRY_MS = 2_000
const SILENCE_MS = 15_000
/** With more than this unread, a client gets no figures. */
const UNREAD_FIGURES_MAX = 16 * 1024
/** The room for a client that does not read. Beyond it the stream is cut; the client comes back where it was. */
const UNREAD_BYTES_MAX = 64 * 1024

const EventsQuery = Type.Object({
  topics: Type.String({
    minLength: 1,
    maxLength: 2_000,
    description: `What to follow, up to ${LIMITS.topics_max} topics separated by commas: lead:41-1207 (from now on), lead:41-1207@7 (what came after version 7), conflicts, leads, stats`,
  }),
})

const EventStream = Type.Unsafe<PassThrough>({
  type: 'string',
  description:
    'text/event-stream with the events lead.updated {lead_id, version, at, actor, actor_name, way, paths}, presence {lead_id, operators: [{operator_id, name, editing, since}]}, notes {lead_id, newest: the id of the newest note}, held {lead_id, open, assigned_to: [operator_id]}, conflicts {open, revision: another text after one came or went, was given to somebody, or its lead was opened or left}, leads {newest: the number of the newest lead} and stats {at, and the parts of GET /v1/stats that are newer than those told before}, every two seconds',
})

const Presence = Type.Object(
  { editing: Type.Boolean({ description: 'Something is typed and not saved yet' }) },
  Closed,
)

export const events = routes('leads', {
  events: get('/v1/events', {
    scope: 'read',
    background: true,
    streams: true,
    summary: 'Follow what happens (server-sent events)',
    query: EventsQuery,
    answer: EventStream,
    handle: async (call) => {
      const { watch } = call.services
      const credential = credentialOf(call)
      const requireRoom = () => {
        if (!watch.hasRoomFor(credential))
          orRefuse(refuse('UNAVAILABLE', 'too many streams are open', { retry_after_s: 10 }))
      }
      requireRoom()
      const { leads, conflicts, newest, stats } = await topicsOf(call, call.query.topics)
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
        newest: newest ? { team_ids: call.caller.team_ids } : null,
        stats: stats ? { team_ids: call.caller.team_ids } : null,
        isBehind: () => stream.readableLength + stream.writableLength > UNREAD_FIGURES_MAX,
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
    },
  }),

  sayPresent: put('/v1/leads/:id/presence', {
    scope: 'session',
    background: true,
    summary: 'Say that you have a lead open',
    params: LeadParams,
    body: Presence,
    handle: async (call) => {
      const { operator_id } = call.caller.operator!
      await sayPresent(
        call.services.pool,
        await seenLead(call, call.params.id),
        operator_id,
        call.body.editing,
      )
    },
  }),

  sayGone: del('/v1/leads/:id/presence', {
    scope: 'session',
    background: true,
    summary: 'Say that you have left it',
    params: LeadParams,
    handle: async (call) => {
      const { operator_id } = call.caller.operator!
      await leave(call.services.pool, await seenLead(call, call.params.id), operator_id)
    },
  }),
})

const credentialOf = ({ caller, notes }: Call): Credential => ({
  key_id: caller.key_id,
  session_id: notes.session?.session_id ?? null,
})

/** Topics without an id. */
const STATES = new Set(['conflicts', 'leads', 'stats'])

/** The topics of a request. A lead is followed from the version that the stream had reached, or that the topic names, or from now on. */
async function topicsOf(
  call: Call,
  topics: string,
): Promise<Pick<Follower, 'leads'> & { conflicts: boolean; newest: boolean; stats: boolean }> {
  const asked = topics.split(',')
  if (asked.length > LIMITS.topics_max)
    return malformed(`at most ${LIMITS.topics_max} topics can be followed at once`)
  const reached = new Map(
    String(call.request.headers['last-event-id'] ?? '')
      .split(',')
      .map((part): [string, string | undefined] => [part.split('@')[0]!, part.split('@')[1]]),
  )
  const leads: LeadVersion[] = []
  for (const topic of new Set(asked)) {
    if (STATES.has(topic)) continue
    const [, id = '', from] = /^lead:([\d-]+)(?:@(\d{1,9}))?$/.exec(topic) ?? []
    const key = readLeadId(id)
    if (!key) return malformed('a topic is lead:ID, lead:ID@VERSION, conflicts, leads or stats')
    const lead = await seenLead(call, id)
    const last = reached.get(leadId(key.campaign_id, key.number))
    const version = Number(last ?? from ?? lead.version)
    leads.push({ ...key, version: Number.isSafeInteger(version) ? version : lead.version })
  }
  return {
    leads,
    conflicts: asked.includes('conflicts'),
    newest: asked.includes('leads'),
    stats: asked.includes('stats'),
  }
}

const malformed = (detail: string) =>
  orRefuse<never>(refuse('MALFORMED_REQUEST', detail, { field: 'topics' }))

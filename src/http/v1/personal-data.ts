// Everything that is held about a person: for people who ask, as the law lets them.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { refuse } from '../../core/result.ts'
import { personalDataOf } from '../../intake/personal-data.ts'
import { orRefuse } from '../errors.ts'
import { post, routes } from '../route.ts'
import { CONSENT } from './consents.ts'
import { DncEvidence } from './dnc.ts'
import { numberAsked } from './dnc-numbers.ts'
import {
  ActorName,
  closed,
  Id,
  Lead,
  NullableText,
  nullable,
  record,
  shape,
  Time,
  ValuesShape,
} from './shapes.ts'

const PersonAsked = closed('PersonAsked', {
  phone: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'In any spelling' })),
  email: Type.Optional(
    Type.String({ minLength: 3, maxLength: LIMITS.search_points_max, pattern: '^[^@\\s]+@[^@\\s]+$' }),
  ),
})

const BY = { at: Time, actor: Type.String(), actor_name: ActorName, way: Type.String() }
const entries = (properties: Parameters<typeof Type.Object>[0], description?: string) =>
  Type.Array(Type.Object({ ...BY, ...properties }), { ...(description && { description }) })

const HeldLead = shape('HeldLead', {
  lead: Lead,
  campaign: Type.String(),
  template: Type.String(),
  team: Type.String(),
  source: NullableText,
  created: Type.Object(BY),
  history: entries({
    version: Type.Integer(),
    changes: nullable(record(Type.Unknown()), 'Path to [old, new]; null for the insert'),
  }),
  calls: entries({
    disposition: Type.String(),
    phone: NullableText,
    duration_s: nullable(Type.Integer()),
  }),
  notes: entries({ text: Type.String() }),
  consents: entries(CONSENT, 'To be called, withdrawn and lapsed ones included'),
  held_changes: entries({ state: Type.String(), values: ValuesShape }, 'Changes that clashed'),
  decisions: entries({ groups: Type.Array(record(Type.Unknown())) }, 'With the values that were given up'),
  file_rows: Type.Array(
    Type.Object({
      import_id: Id,
      file_name: Type.String(),
      created_at: Time,
      row: Type.Integer(),
      cells: record(Type.String()),
    }),
    { description: 'Rows of imported files that made, changed or met the lead, by the headings of the file' },
  ),
  actions: Type.Array(
    Type.Object({ at: Time, action: Type.String(), state: Type.String(), detail: NullableText }),
    { description: 'What outcomes made Leadline send elsewhere' },
  ),
})
const PersonalData = shape('PersonalData', {
  at: Time,
  leads: Type.Array(HeldLead),
  do_not_call: Type.Array(DncEvidence, { description: 'Of the number, removed entries included' }),
})

export const personalData = routes('leads', {
  /** A body, because numbers and addresses do not belong into an address that logs keep. */
  personalData: post('/v1/personal-data', {
    scope: 'export',
    repeatable: true,
    summary: 'Everything that is held about a person, by a number or an e-mail address',
    body: PersonAsked,
    answer: PersonalData,
    handle: async ({ services, caller, by, body }) => {
      const { region } = services
      if (body.phone === undefined && body.email === undefined)
        return orRefuse(refuse('INVALID_FIELD', 'name a phone or an email', { field: '/phone' }))
      const phone = body.phone === undefined ? null : numberAsked(body.phone, region, '/phone')
      const email = body.email?.trim() ?? null
      const found = orRefuse(await personalDataOf(services, { phone, email, region }, caller, by))
      const at = services.now()
      const marked = ({ lead }: (typeof found.leads)[number]) => services.intake.targets.marked(lead, at)
      const leads = await Promise.all(
        found.leads.map(async (held) => ({ ...held, lead: await marked(held) })),
      )
      return { ...found, at, leads }
    },
  }),
})

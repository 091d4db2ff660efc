// The audit log, newest first.

import { Type } from 'typebox'
import { listAudit } from '../../db/audit.ts'
import { get, routes } from '../route.ts'
import { page } from './page.ts'
import { instantAsked } from './search.ts'
import { ActorName, NullableText, PAGE, pageOf, record, shape, Time } from './shapes.ts'

const Exact = (description: string) => Type.Optional(Type.String({ maxLength: 300, description }))

const AuditQuery = Type.Object({
  ...PAGE,
  actor: Exact('Who did it: key:7, operator:3, system'),
  action: Exact('key.rotate, or the noun alone for all its deeds: key'),
  subject: Exact('What it is about: key:7, template:3, lead:41-1207'),
  from: Exact('RFC 3339: not before'),
  to: Exact('RFC 3339: before'),
  request_id: Exact('Of the request, as the header X-Request-Id gives it'),
})
const Entry = shape('AuditEntry', {
  audit_id: Type.Integer(),
  at: Time,
  actor: Type.String(),
  actor_name: ActorName,
  action: Type.String(),
  subject: Type.String(),
  details: record(Type.Unknown()),
  request_id: NullableText,
})

export const auditLog = routes('people', {
  auditLog: get('/v1/audit', {
    scope: 'admin',
    summary: 'The audit log, newest first',
    query: AuditQuery,
    answer: pageOf(Entry),
    handle: async ({ services, caller, query }) => {
      const { from, to, ...filter } = query
      const bounds = { from: instantAsked(from, 'from'), to: instantAsked(to, 'to') }
      return page(
        query,
        (page) => listAudit(services.pool, caller, { ...filter, ...bounds, ...page }),
        ({ audit_id }) => audit_id,
      )
    },
  }),
})

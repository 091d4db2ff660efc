// Master lists: leads that a template does not take once more; announced, sent in parts, followed, removed.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { MASTER_LIST_STATES, THRESHOLD_DEFAULT } from '../../core/master-list.ts'
import { listMasterLists, type MasterListRow, masterListById } from '../../db/master-lists.ts'
import { announceMasterList, removeMasterList, uploadMasterListPart } from '../../intake/master-lists.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, put, routes } from '../route.ts'
import { created, listed, one } from './set-up.ts'
import {
  bytesBody,
  Count,
  closed,
  Id,
  IdParams,
  Name,
  NullableText,
  nullable,
  oneOf,
  PAGE,
  pageOf,
  record,
  shape,
  Time,
} from './shapes.ts'

const POINTS_MAX = 1_000
const pointsOf = (more = '') =>
  record(
    Type.Integer({ minimum: 0, maximum: POINTS_MAX }),
    `Field to what it counts for that it is the same${more}`,
  )
const thresholdOf = (more = '') =>
  Type.Integer({
    minimum: 1,
    maximum: 100 * POINTS_MAX,
    description: `An entry whose matching fields have so many points together is the same lead${more}`,
  })

const NewList = closed('NewMasterList', {
  template_id: Id,
  name: { ...Name, description: 'Of the file' },
  bytes: Type.Integer({
    minimum: 1,
    maximum: LIMITS.file_bytes_max,
    description: `Its length. It is sent in parts of ${LIMITS.file_part_bytes} bytes each; the last one has the rest`,
  }),
  points: Type.Optional(
    pointsOf(`; absent: those of the list before, else ${THRESHOLD_DEFAULT} for each phone and e-mail field`),
  ),
  threshold: Type.Optional(thresholdOf(`; absent: that of the list before, else ${THRESHOLD_DEFAULT}`)),
})

const List = shape('MasterList', {
  list_id: Id,
  template_id: Id,
  name: Type.String(),
  bytes: Type.Integer(),
  points: pointsOf(),
  threshold: thresholdOf(),
  state: oneOf(
    MASTER_LIST_STATES,
    'serving: new leads of the template are compared with it; until then the list before serves. replaced: a newer one took its place; removed; failed (detail says why); cancelled',
  ),
  problem: nullable(Type.String(), 'Why it failed, as a word'),
  detail: nullable(Type.String(), 'The same as a sentence'),
  part_bytes: Type.Integer({ description: 'The length of each part but the last one' }),
  missing_parts: Type.Array(Type.Integer(), { description: 'The parts that are still to be sent, from 1' }),
  rows_read: { ...Count, description: 'Rows that were read' },
  skipped: { ...Count, description: 'Rows whose values reach the threshold in no way' },
  entries: {
    ...Count,
    description: 'Hashes that are kept of it: one for each way in which a row reaches the threshold',
  },
  created_at: Time,
  created_by: Type.String(),
  serves_at: nullable(Time),
  finished_at: NullableText,
})

const shown = ({ points, ...row }: MasterListRow) => ({
  ...row,
  points: Object.fromEntries(points.map(({ field, points }) => [field, points])),
  part_bytes: LIMITS.file_part_bytes,
})

export const masterLists = routes('set-up', {
  masterLists: get('/v1/master-lists', {
    scope: 'manage',
    background: true,
    summary: 'Master lists, the newest first',
    query: shape('MasterListsAsked', { ...PAGE, template_id: Type.Optional(Id) }),
    answer: pageOf(List),
    handle: async (call) => {
      const { items, next_cursor } = await listed(call, listMasterLists, 'list_id')
      return { items: items.map(shown), next_cursor }
    },
  }),

  createMasterList: post('/v1/master-lists', {
    scope: 'manage',
    summary: 'Announce a master list for a template; the parts of its file come next',
    body: NewList,
    created: List,
    handle: async (call) => shown(created(call, await announceMasterList(call, call.body), 'list_id')),
  }),

  masterList: get('/v1/master-lists/:id', {
    scope: 'manage',
    background: true,
    summary: 'A master list, and how far it has come',
    params: IdParams,
    answer: List,
    handle: async (call) => shown(await one(call, masterListById, 'master list')),
  }),

  uploadMasterListPart: put('/v1/master-lists/:id/parts/:part', {
    scope: 'manage',
    raw: true,
    summary: 'Send a part of the file as it is; the last one that was missing begins the work',
    params: Type.Object({ id: Id, part: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
    body: bytesBody(`The bytes: ${LIMITS.file_part_bytes} of them, or the rest of the file`),
    answer: List,
    handle: async (call) => {
      const { id, part } = call.params
      return shown(orRefuse(await uploadMasterListPart(call, id, part, call.body)))
    },
  }),

  removeMasterList: del('/v1/master-lists/:id', {
    scope: 'manage',
    summary: 'Remove the list that serves, or cancel one on its way',
    params: IdParams,
    answer: List,
    handle: async (call) => shown(orRefuse(await removeMasterList(call, call.params.id))),
  }),
})

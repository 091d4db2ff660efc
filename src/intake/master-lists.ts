// Master lists: announced, uploaded in parts, cancelled or removed.

import { randomBytes } from 'node:crypto'
import { pointedFields, THRESHOLD_DEFAULT, waysOf } from '../core/master-list.ts'
import { known, ok, type Result } from '../core/result.ts'
import { audit } from '../db/audit.ts'
import {
  addMasterListPart,
  beginMasterList,
  createMasterList,
  endMasterList,
  lockMasterList,
  type MasterListRow,
  masterListById,
  servingMasterList,
} from '../db/master-lists.ts'
import type { Db } from '../db/pool.ts'
import { fieldsOfTemplate, templateById } from '../db/templates.ts'
import type { Actor } from './actor.ts'
import { keepFilePart } from './file-parts.ts'
import { type Asker, changeSetUp } from './set-up.ts'
import { transact } from './transact.ts'

export interface NewMasterListAsked {
  template_id: number
  name: string
  bytes: number
  points?: Readonly<Record<string, number>>
  threshold?: number
}

const subjectOf = ({ template_id }: Pick<MasterListRow, 'template_id'>) => `template:${template_id}`

/** Writes to the audit log what happens with a list. */
export const auditMasterList = (
  tx: Db,
  { actor, request_id }: Pick<Actor, 'actor' | 'request_id'>,
  action: string,
  list: Pick<MasterListRow, 'list_id' | 'template_id'>,
  more: Record<string, number | string> = {},
) =>
  audit(tx, {
    actor,
    request_id,
    action,
    subject: subjectOf(list),
    details: { list_id: list.list_id, ...more },
  })

/** Its parts come next. What counts is judged now: the points of the list, else those of the list before, else the usual ones. */
export async function announceMasterList(
  asker: Asker,
  { template_id, name, bytes, ...asked }: NewMasterListAsked,
): Promise<Result<MasterListRow>> {
  const { pool } = asker.services
  const template = known(await templateById(pool, asker.caller, template_id), `template ${template_id}`)
  if (template.refusal) return template
  const before = asked.points ? undefined : await servingMasterList(pool, asker.caller, template_id)
  const points = before
    ? ok(before.points)
    : pointedFields(await fieldsOfTemplate(pool, asker.caller, template_id), asked.points)
  if (points.refusal) return points
  const threshold = asked.threshold ?? before?.threshold ?? THRESHOLD_DEFAULT
  const ways = waysOf(points.ok, threshold)
  if (ways.refusal) return ways
  const list = { template_id, name, bytes, points: [...points.ok], threshold }
  return changeSetUp(asker, {
    action: 'template.bring_master_list',
    details: { threshold },
    work: async (tx) => ok(await createMasterList(tx, list, randomBytes(32), asker.by)),
    subject: subjectOf,
  })
}

const found = async (db: Db, { caller }: Pick<Asker, 'caller'>, list_id: number) =>
  known(await masterListById(db, caller, list_id), `master list ${list_id}`)

/** Keeps a part. The last one that was missing begins the work on the list. A part that is sent again changes nothing. */
export const uploadMasterListPart = (
  asker: Asker,
  list_id: number,
  part: number,
  content: Uint8Array,
): Promise<Result<MasterListRow>> =>
  transact(
    asker.services.pool,
    async (tx) => {
      await lockMasterList(tx, list_id)
      const list = await found(tx, asker, list_id)
      if (list.refusal) return list
      const kept = await keepFilePart(list.ok, part, content, () =>
        addMasterListPart(tx, { list_id, part, content }),
      )
      if (kept.refusal) return kept
      await beginMasterList(tx, list_id)
      return found(tx, asker, list_id)
    },
    { retry: 'clash' },
  )

/** One that serves is removed, one on its way is cancelled, and one that is over stays as it is. */
export function removeMasterList(asker: Asker, list_id: number): Promise<Result<MasterListRow>> {
  let was_serving = false
  let is_change = false
  return changeSetUp(asker, {
    action: 'template.end_master_list',
    details: { list_id },
    was: () => ({ state: was_serving ? 'removed' : 'cancelled' }),
    work: async (tx) => {
      await lockMasterList(tx, list_id)
      const list = await found(tx, asker, list_id)
      if (list.refusal) return list
      was_serving = list.ok.state === 'serving'
      const ended = await endMasterList(tx, list_id, 'cancelled')
      is_change = ended !== undefined
      return ok(ended ?? list.ok)
    },
    subject: subjectOf,
    is_change: () => is_change,
  })
}

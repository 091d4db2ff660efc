// Files of numbers for the do-not-call lists: announced, uploaded in parts, cancelled.

import type { Grant } from '../core/access.ts'
import { judgeAddition } from '../core/dnc-rights.ts'
import { known, ok, type Result } from '../core/result.ts'
import { audit } from '../db/audit.ts'
import {
  addDncFilePart,
  beginDncFile,
  createDncFile,
  type DncFileRow,
  dncFileById,
  endDncFile,
  lockDncFile,
  type NewDncFile,
} from '../db/dnc-files.ts'
import type { Db, Pool } from '../db/pool.ts'
import type { Sight } from '../db/sight.ts'
import type { Actor } from './actor.ts'
import { keepFilePart } from './file-parts.ts'
import { transact } from './transact.ts'

/** Who brings a file. A call of the API is one. */
interface FileKeeper {
  services: { pool: Pool }
  caller: Grant & Sight
  by: Actor
}

const ANY_NUMBER = Number.POSITIVE_INFINITY

type FileOfList = Pick<DncFileRow, 'file_id' | 'list' | 'campaign_id' | 'wash_id' | 'allocation_id'>

/** Writes to the audit log what happens with a file, without its name: a name may be that of a person. */
export const auditDncFile = (
  tx: Db,
  by: Pick<Actor, 'actor' | 'request_id'>,
  action: string,
  { file_id, list, campaign_id, wash_id, allocation_id }: FileOfList,
  more: object = {},
) =>
  audit(tx, {
    actor: by.actor,
    request_id: by.request_id,
    action,
    subject: allocation_id === null ? `dnc:${list}` : `allocation:${allocation_id}`,
    details: {
      file_id,
      ...(wash_id !== null ? { wash_id } : campaign_id === null ? {} : { campaign_id }),
      ...more,
    },
  })

/** Whoever may put any amount of numbers on the list may bring files for it. */
export const judgeFile = (caller: Grant, { list }: Pick<FileOfList, 'list'>) =>
  judgeAddition(caller, list === 'wash' ? 'campaign' : list, ANY_NUMBER)

/** Its parts come next. The caller may bring it (`judgeFile`). */
export async function announceDncFile(
  { services: { pool }, caller, by }: FileKeeper,
  file: NewDncFile,
): Promise<Result<DncFileRow>> {
  return transact(pool, async (tx) => {
    const made = await createDncFile(tx, file, by, caller)
    await auditDncFile(tx, by, 'dnc.import', made, { replaces: file.replaces })
    return ok(made)
  })
}

/** The file, if the caller sees it and may bring it. */
export async function ownDncFile(
  { services: { pool }, caller }: Pick<FileKeeper, 'services' | 'caller'>,
  file_id: number,
  db: Db = pool,
): Promise<Result<DncFileRow>> {
  const file = known(await dncFileById(db, caller, file_id), `file ${file_id}`)
  if (file.refusal) return file
  const may = judgeFile(caller, file.ok)
  return may.refusal ? may : file
}

/** Keeps a part. The last one that was missing begins the work on the file. A part that is sent again changes nothing. */
export async function uploadDncPart(
  keeper: FileKeeper,
  file_id: number,
  part: number,
  content: Uint8Array,
): Promise<Result<DncFileRow>> {
  return transact(
    keeper.services.pool,
    async (tx) => {
      await lockDncFile(tx, file_id)
      const file = await ownDncFile(keeper, file_id, tx)
      if (file.refusal) return file
      const kept = await keepFilePart(file.ok, part, content, () =>
        addDncFilePart(tx, { file_id, part, content }),
      )
      if (kept.refusal) return kept
      await beginDncFile(tx, file_id)
      return ownDncFile(keeper, file_id, tx)
    },
    { retry: 'clash' },
  )
}

/** The file as it is after that: one that is over already stays as it was. */
export async function cancelDncFile(keeper: FileKeeper, file_id: number): Promise<Result<DncFileRow>> {
  return transact(
    keeper.services.pool,
    async (tx) => {
      const file = await ownDncFile(keeper, file_id, tx)
      if (file.refusal) return file
      const ended = await endDncFile(tx, file_id, 'cancelled')
      if (ended) {
        const action = ended.wash_id === null ? 'dnc.cancel_import' : 'allocation.cancel_wash_answer'
        await auditDncFile(tx, keeper.by, action, ended)
      }
      return ok(ended ?? (await dncFileById(tx, keeper.caller, file_id)) ?? file.ok)
    },
    { retry: 'lock' },
  )
}

// The job that collects the numbers of a wash.

import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../core/limits.ts'
import { loopBackListed } from '../core/wash.ts'
import { audit } from '../db/audit.ts'
import { addDncFilePart, beginDncFile, createDncFile } from '../db/dnc-files.ts'
import type { Db } from '../db/pool.ts'
import { askRegister, collectNumbers, takeUpWash } from '../db/wash-work.ts'
import { numbersOfWash, resumeWashes } from '../db/washes.ts'
import type { Jobs } from './work.ts'

/** The rest between two chunks leaves most of the database to everybody else. */
const REST_MS = 5

/** Goes on where another process has stopped. */
export async function collectWash(
  { pool }: Pick<Jobs, 'pool'>,
  wash_id: number,
  signal: AbortSignal,
): Promise<void> {
  const chunk = () =>
    pool.transaction(
      async (tx) => {
        const wash = await takeUpWash(tx, wash_id)
        if (!wash) return false
        if (await collectNumbers(tx, wash_id, wash.register)) return true
        const numbers = await askRegister(tx, wash_id)
        await audit(tx, {
          actor: wash.actor,
          action: 'allocation.wash_asked',
          subject: `allocation:${wash.allocation_id}`,
          details: { wash_id, ...numbers },
          request_id: wash.request_id,
        })
        if (wash.register === 'loop_back') await answerForTries(tx, wash_id, wash)
        return false
      },
      { retry: 'lock' },
    )
  while (await chunk()) {
    if (signal.aborted) return void (await resumeWashes(pool))
    await sleep(REST_MS)
  }
}

type LoopBackWash = NonNullable<Awaited<ReturnType<typeof takeUpWash>>>

/** What the loop-back register answers, as a file like any other. */
async function answerForTries(
  tx: Db,
  wash_id: number,
  { campaign_id, actor, request_id }: LoopBackWash,
): Promise<void> {
  const rows = ['Phone,Result\n']
  for await (const phones of numbersOfWash(tx, wash_id))
    rows.push(phones.map((phone) => `+${phone},${loopBackListed(phone) ? 'Y' : 'N'}\n`).join(''))
  const content = Buffer.from(rows.join(''))
  const { file_id } = await createDncFile(
    tx,
    {
      list: 'wash',
      campaign_id,
      // An allocation without a number has an answer without one.
      replaces: false,
      name: 'loop-back.csv',
      bytes: content.length,
      region: 'AU',
      phone_columns: ['Phone'],
      expires_column: null,
      reason: null,
      source: null,
      wash_id,
      holds: 'results',
      result_column: 'Result',
    },
    { actor, request_id },
    { team_ids: null },
  )
  const step = LIMITS.file_part_bytes
  for (let part = 1; (part - 1) * step < content.length; part++)
    await addDncFilePart(tx, { file_id, part, content: content.subarray((part - 1) * step, part * step) })
  await beginDncFile(tx, file_id)
}

// Washes are made, answered with a file, and cancelled.

import { known, ok, type Result, refuse, refuseField } from '../core/result.ts'
import { REGISTERS, type RegisterName, type WashAnswer } from '../core/wash.ts'
import { sqlState } from '../db/again.ts'
import { lockAllocation } from '../db/allocations.ts'
import { audit } from '../db/audit.ts'
import { createDncFile, type DncFileRow, endDncFile } from '../db/dnc-files.ts'
import { beginWash, cancelWash, lockWash, type WashRow, washById } from '../db/washes.ts'
import { auditDncFile } from './dnc-files.ts'
import { type Asker, changeSetUp } from './set-up.ts'
import { refuseArchived } from './targets.ts'
import { transact } from './transact.ts'

export interface WashAsked {
  register: RegisterName
  /** Absent: as the law or code of its country says. */
  valid_days?: number
  /** The answer starts the allocation. */
  start_when_washed?: boolean
}

/** From here on the allocation is called only as its washes allow. */
export async function makeWash(
  asker: Asker,
  allocation_id: number,
  { register, valid_days = REGISTERS[register].valid_days, start_when_washed = false }: WashAsked,
): Promise<Result<WashRow>> {
  const { caller, by } = asker
  const wash = { allocation_id, register, valid_days, starts: start_when_washed }
  try {
    return await changeSetUp(asker, {
      action: 'allocation.wash',
      details: { register, valid_days, start_when_washed },
      work: async (tx) => {
        const found = known(await lockAllocation(tx, caller, allocation_id), `allocation ${allocation_id}`)
        if (found.refusal) return found
        if (found.ok.draws)
          return refuseField(
            'id',
            'a virtual allocation has no leads of its own: wash those that it draws on',
          )
        if (found.ok.archived_at !== null) return refuseArchived(allocation_id)
        return ok(await beginWash(tx, wash, by).catch(underWay))
      },
      subject: () => `allocation:${allocation_id}`,
    })
  } catch (error) {
    if (error instanceof UnderWay)
      return refuseField(
        'id',
        'a wash of this allocation awaits its answer: bring the answer, or cancel that wash first',
      )
    throw error
  }
}

/** Another wash of the allocation is not over. */
class UnderWay extends Error {}

function underWay(error: unknown): never {
  throw sqlState(error) === '23505' ? new UnderWay() : error
}

/** Numbers leave the house, so it is noted who took them. */
export async function takeWashNumbers(
  { services: { pool }, by }: Pick<Asker, 'services' | 'by'>,
  wash: WashRow,
): Promise<Result<WashRow>> {
  const { wash_id, allocation_id, state, asked } = wash
  if (state === 'collecting')
    return refuseField('id', 'the numbers of this wash are being collected: try again in a moment')
  await audit(pool, {
    actor: by.actor,
    action: 'allocation.wash_numbers',
    subject: `allocation:${allocation_id}`,
    details: { wash_id, numbers: asked },
    request_id: by.request_id,
  })
  return ok(wash)
}

export interface AnswerAsked {
  name: string
  bytes: number
  /** Absent: what the register usually sends. */
  holds?: WashAnswer
  region: string
  phone_columns?: string[]
  result_column?: string
}

/** Its parts come next, as those of any file of numbers. */
export async function announceAnswer(
  { services: { pool }, caller, by }: Asker,
  wash_id: number,
  { name, bytes, region, ...asked }: AnswerAsked,
): Promise<Result<DncFileRow>> {
  const what = `wash ${wash_id}`
  try {
    return await transact(pool, async (tx) => {
      const locked = known(await lockWash(tx, wash_id), what)
      if (locked.refusal) return locked
      const wash = known(await washById(tx, caller, wash_id), what)
      if (wash.refusal) return wash
      const { state, register, campaign_id } = wash.ok
      if (state !== 'asked') return refuseField('id', NO_ANSWER[state])
      const holds = asked.holds ?? REGISTERS[register].holds
      if (holds !== 'results' && asked.result_column !== undefined)
        return refuseField('/result_column', 'is for files that hold results')
      const file = await createDncFile(
        tx,
        {
          list: 'wash',
          campaign_id,
          // A register that lists none of the numbers sends none. Other answers without a number are no answers.
          replaces: holds !== 'listed',
          name,
          bytes,
          region,
          phone_columns: asked.phone_columns ?? null,
          expires_column: null,
          reason: null,
          source: null,
          wash_id,
          holds,
          result_column: asked.result_column ?? null,
        },
        by,
        caller,
      )
      await auditDncFile(tx, by, 'allocation.wash_answer', file, { holds })
      return ok(file)
    })
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    return refuseField('id', 'another answer of this wash is at work: wait until it is over, or cancel it')
  }
}

const NO_ANSWER: Record<Exclude<WashRow['state'], 'asked'>, string> = {
  collecting: 'the numbers of this wash are being collected: the answer comes after them',
  done: 'this wash is answered already: make a new one to ask the register again',
  cancelled: 'this wash was cancelled: make a new one',
}

/** The wash as it is after that: one that is over already stays as it was. */
export async function endWash(asker: Asker, wash_id: number): Promise<Result<WashRow>> {
  const { caller } = asker
  const what = `wash ${wash_id}`
  let is_change = true
  return changeSetUp(asker, {
    action: 'allocation.cancel_wash',
    details: { wash_id },
    work: async (tx) => {
      const seen = known(await washById(tx, caller, wash_id), what)
      if (seen.refusal) return seen
      await lockWash(tx, wash_id)
      const cancelled = await cancelWash(tx, wash_id)
      is_change = cancelled !== undefined
      for (const file_id of cancelled?.answering ?? []) await endDncFile(tx, file_id, 'cancelled')
      return known(await washById(tx, caller, wash_id), what)
    },
    subject: ({ allocation_id }) => `allocation:${allocation_id}`,
    is_change: () => is_change,
  })
}

/** Only an installation for tries has the loop-back register. */
export const judgeRegister = (register: RegisterName, has_loop_back: boolean): Result<true> =>
  register === 'loop_back' && !has_loop_back
    ? refuse('INVALID_FIELD', 'is for tries: the server has it only with LEADLINE_LOOP_BACK_REGISTER=yes', {
        field: '/register',
      })
    : ok(true)

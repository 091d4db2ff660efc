// Washes: which registers there are, and how they take numbers.

import { DNC_LISTS } from './result.ts'

/** What can be in an answer. */
export const WASH_ANSWERS = ['listed', 'clear', 'results'] as const
export type WashAnswer = (typeof WASH_ANSWERS)[number]

export interface Register {
  /** As a sentence names it. */
  name: string
  /** The calling code of the numbers that it keeps; null: it keeps all. */
  calling_code: string | null
  /** In front of a number in place of the calling code; null: it takes international numbers. */
  trunk: string | null
  /** How long its answer may be relied on, by the law or code of its country. */
  valid_days: number
  /** What its answer usually holds. */
  holds: WashAnswer
}

/** Australia and the United Kingdom: docs/do-not-call-files.md names the rules. */
export const REGISTERS = {
  au: {
    name: 'the Do Not Call Register of Australia',
    calling_code: '61',
    trunk: '0',
    valid_days: 30,
    holds: 'results',
  },
  gb: {
    name: 'the Telephone Preference Service of the United Kingdom',
    calling_code: '44',
    trunk: '0',
    valid_days: 28,
    holds: 'results',
  },
  us: {
    name: 'the National Do Not Call Registry of the United States',
    calling_code: '1',
    trunk: '',
    valid_days: 31,
    holds: 'listed',
  },
  international: {
    name: 'a register that takes international numbers',
    calling_code: null,
    trunk: null,
    valid_days: 30,
    holds: 'listed',
  },
  loop_back: {
    name: 'the register for tries, which lists every second number',
    calling_code: null,
    trunk: null,
    valid_days: 30,
    holds: 'results',
  },
} as const satisfies Record<string, Register>
export type RegisterName = keyof typeof REGISTERS
export const REGISTER_NAMES = Object.keys(REGISTERS) as RegisterName[]

/** A number as a register takes it. */
export function numberForRegister(register: RegisterName, phone: number): string {
  const { calling_code, trunk } = REGISTERS[register]
  const digits = String(phone)
  return trunk === null ? `+${digits}` : `${trunk}${digits.slice(calling_code.length)}`
}

/** Why a number must not be called: a do-not-call list, the answer of the register, or that there is none. */
export const CALL_BLOCKS = [...DNC_LISTS, 'register', 'unwashed'] as const
export type CallBlock = (typeof CALL_BLOCKS)[number]

/** The answer of the loop-back register: each number with the same result every time, half of them listed. */
export const loopBackListed = (phone: number): boolean => digitSum(phone) % 2 === 0

const digitSum = (phone: number) => [...String(phone)].reduce((sum, digit) => sum + Number(digit), 0)

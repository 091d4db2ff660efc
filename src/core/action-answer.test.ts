import { describe, expect, test } from 'vitest'
import {
  HTTP_ANSWERS,
  httpDetail,
  RETRY_AFTER_S_MAX,
  retryAfterSeconds,
  SMTP_ANSWERS,
  verdictOf,
} from './action-answer.ts'

describe.each([
  ['HTTP', HTTP_ANSWERS, 100, 999],
  ['SMTP', SMTP_ANSWERS, 200, 599],
] as const)('the table of %s', (_, answers, first, last) => {
  test('has each status once', () => {
    const next = answers.map(({ to }) => to + 1)
    expect(answers.map(({ from }) => from)).toEqual([first, ...next.slice(0, -1)])
    expect(next.at(-1)).toBe(last + 1)
  })
})

test.each([
  ['done', [200, 201, 204, 299, 302, 303]],
  ['failed', [101, 300, 301, 304, 307, 308, 400, 401, 403, 404, 407, 409, 410, 422, 424, 426, 428, 451, 999]],
  ['again', [408, 425, 429, 500, 502, 503, 504, 599]],
] as const)('%s', (verdict, statuses) => {
  for (const status of statuses) expect(verdictOf(HTTP_ANSWERS, status), String(status)).toBe(verdict)
})

test('a mail: taken, later, never', () => {
  expect([250, 251, 450, 451, 421, 535, 550, 554].map((status) => verdictOf(SMTP_ANSWERS, status))).toEqual([
    'done',
    'done',
    'again',
    'again',
    'again',
    'again',
    'failed',
    'failed',
  ])
})

test('what a run keeps of an answer', () => {
  expect([299, 300, 302, 308, 404, 503].map(httpDetail)).toEqual([
    'HTTP 299',
    'answered 300, not followed',
    'answered 302, not followed',
    'answered 308, not followed',
    'HTTP 404',
    'HTTP 503',
  ])
})

test('a Retry-After is seconds or a date, at most an hour ahead', () => {
  const now = '2026-11-24T03:00:00Z'
  const read = (header?: string) => retryAfterSeconds(header, now)
  expect([read('120'), read(' 7 '), read('Tue, 24 Nov 2026 03:00:30 GMT')]).toEqual([120, 7, 30])
  expect([read('999999999'), read('Wed, 25 Nov 2026 03:00:00 GMT')]).toEqual([
    RETRY_AFTER_S_MAX,
    RETRY_AFTER_S_MAX,
  ])
  for (const header of [undefined, '', '0', '-5', 'soon', '1e9', 'Tue, 24 Nov 2026 02:59:00 GMT'])
    expect(read(header), header).toBeNull()
})

// Bodies of the greatest size, full of wrong values or simply full: they are judged in slices, a few at a time, and
// everybody else has their turn meanwhile.

import { describe, expect, test } from 'vitest'
import { LIMITS } from '../src/core/limits.ts'
import { mobile, startLeadline } from './support/leadline.ts'

const leadline = await startLeadline()
const { client, key, target, url } = leadline
const { template_id, campaign_id, allocation_id } = target

const CLASSIC = `/servicemanager/rest/CampaignAPI`
const ids = `fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`
const BYTES = LIMITS.batch_body_bytes_max

/** A list of the same entry that fills a body. */
const listOf = (entry: string, bytes: number) =>
  `[${new Array(Math.floor(bytes / (entry.length + 1)) - 1).fill(entry).join()}]`

async function send(path: string, body: string, method = 'POST') {
  const response = await fetch(url + path, { method, headers: { Authorization: `Bearer ${key}` }, body })
  return { status: response.status, body: (await response.json()) as { code: number; errors?: unknown[] } }
}

/** Counts the requests of others that are answered before `work` is. */
async function answeredBeside(work: Promise<unknown>) {
  let done = false
  work.finally(() => (done = true)).catch(() => undefined)
  let answered = 0
  while (!done) {
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    if (!done) answered++
  }
  return answered
}

/** Every route that takes a list, and how its list is put into a body. */
const LISTS: [method: string, path: string, bytes: number, body: (list: string) => string][] = [
  ['POST', `${CLASSIC}/insertLead?${ids}`, BYTES, (list) => list],
  ['POST', `${CLASSIC}/updateLead?${ids}`, BYTES, (list) => list],
  ['POST', '/v1/dnc', BYTES, (list) => `{"list":"private","phones":${list}}`],
  ['POST', '/v1/dnc', BYTES, (list) => `{"list":"private","entries":${list}}`],
  ['POST', '/v1/dnc/removals', BYTES, (list) => `{"list":"private","reason":"asked","phones":${list}}`],
  ['POST', '/v1/dnc/check', BYTES, (list) => `{"phones":${list}}`],
  [
    'POST',
    `/v1/allocations/${allocation_id}/moves`,
    LIMITS.body_bytes_max,
    (list) => `{"to_allocation_id":2,"lead_ids":${list}}`,
  ],
  [
    'POST',
    `/v1/allocations/${allocation_id}/recycle`,
    LIMITS.body_bytes_max,
    (list) => `{"dispositions":${list}}`,
  ],
  ['POST', '/v1/templates', LIMITS.body_bytes_max, (list) => `{"name":"x","fields":${list}}`],
  [
    'POST',
    '/v1/contact-hours',
    LIMITS.body_bytes_max,
    (list) => `{"name":"x","zone":"Australia/Perth","exceptions":${list}}`,
  ],
  [
    'POST',
    '/v1/operators',
    LIMITS.body_bytes_max,
    (list) => `{"login":"x","name":"x","role":"agent","password":"six tall poplars","teams":${list}}`,
  ],
  [
    'PUT',
    '/v1/disposition-sets/1/dispositions/Busy/actions',
    LIMITS.body_bytes_max,
    (list) => `{"action_ids":${list}}`,
  ],
]

describe.for(LISTS)('%s %s', ([method, path, bytes, bodyOf]) => {
  test.for(['1', '"x"', 'null', '{}', '[]', '{"phone":1}'])('takes no flood of %s', async (entry) => {
    const body = bodyOf(listOf(entry, bytes - 200))
    expect(body.length).toBeGreaterThan(bytes * 0.9)
    const answer = await send(path, body, method)
    expect([400, 413, 422]).toContain(answer.status)
    expect([1005, 1006, 1009]).toContain(answer.body.code)
    expect(JSON.stringify(answer.body).length).toBeLessThan(64_000)
  })
})

test('of a short body every problem is told, of a long list the first', async () => {
  const short = await send('/v1/dnc/check', `{"phones":[1,"0412345678",2,3]}`)
  expect(short.body.errors).toHaveLength(3)
  const long = await send('/v1/dnc/check', `{"phones":[${new Array(9_000).fill(1).join()}]}`)
  expect(long).toMatchObject({ status: 422, body: { code: 1005, errors: [{ field: '/phones/0' }] } })
})

/** A thousand leads with three hundred keys each: as much as a batch can hold. */
const fullBatch = (first: (i: number) => Record<string, string>) =>
  JSON.stringify(
    Array.from({ length: 1_000 }, (_, i) => ({
      ...first(i),
      ...Object.fromEntries(Array.from({ length: 280 }, (_, k) => [`key ${k}`, `value ${k} of ${i}`])),
    })),
  )

describe('others are answered meanwhile', () => {
  test('while a full batch is refused, row by row', async () => {
    const body = fullBatch(() => ({ FirstPhone: 'none of your business' }))
    expect(body.length).toBeLessThan(BYTES)
    const work = send(`${CLASSIC}/insertLead?${ids}`, body)
    expect(await answeredBeside(work)).toBeGreaterThan(20)
    expect((await work).body.code).toBe(1006)
  })

  test('while a full batch of updates is refused', async () => {
    const work = send(
      `${CLASSIC}/updateLead?${ids}`,
      fullBatch((i) => ({ njExternalLeadId: `none-${i}`, FirstPhone: '<NO CHANGE>' })),
    )
    expect(await answeredBeside(work)).toBeGreaterThan(20)
    expect((await work).body.code).toBe(101)
  })

  test('while ten thousand numbers that only the library can judge are checked', async () => {
    const phones = Array.from(
      { length: LIMITS.dnc_numbers_max },
      (_, i) => `+33 (0)6 12 3${i} x${'7'.repeat(60)}`,
    )
    const work = send('/v1/dnc/check', JSON.stringify({ phones }))
    expect(await answeredBeside(work)).toBeGreaterThan(10)
    expect((await work).status).toBe(200)
  })

  test('while sixteen lists of wrong numbers come at once', async () => {
    const body = `{"phones":${listOf('1', BYTES - 20)}}`
    const work = Promise.all(Array.from({ length: 16 }, () => send('/v1/dnc/check', body)))
    expect(await answeredBeside(work)).toBeGreaterThan(20)
    expect((await work).map(({ status }) => status)).toEqual(Array(16).fill(413))
  })

  test('leads too, while batches of another key are written', async () => {
    const other = await leadline.keyWith(['write'])
    const rows = () => JSON.stringify(Array.from({ length: 1_000 }, () => ({ FirstPhone: mobile() })))
    let done = false
    const work = Promise.all(
      Array.from({ length: 10 }, async () => {
        const response = await fetch(`${url}${CLASSIC}/insertLead?${ids}`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${other}` },
          body: rows(),
        })
        return (await response.json()) as { code: number }
      }),
    ).finally(() => (done = true))
    let between = 0
    const send_on = async () => {
      while (!done) {
        expect((await client.insertLeadFast(target, { FirstPhone: mobile() })).code).toBe(0)
        if (!done) between++
      }
    }
    // Two, so that one waits for its batch while the other is answered.
    await Promise.all([send_on(), send_on()])
    // Ten thousand rows are forty batches: in each of them there is room for the other key.
    expect(between).toBeGreaterThan(20)
    expect((await work).map(({ code }) => code)).toEqual(Array(10).fill(0))
  })
})

// Access: the callers who get in, and the time for which a revoked key still works.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LeadlineClient } from '../../src/client/client.ts'
import { createKey, listKeys, revokeKey } from '../../src/db/keys.ts'
import { SEES_ALL } from '../../src/db/sight.ts'
import { CONTRACT } from '../../src/http/contract.ts'
import { hashKey, newKey } from '../../src/intake/keys.ts'
import { codeOf, contractOn, routes } from '../support/contract.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { Conversation, head } from '../support/raw.ts'
import { leadAtWork } from '../support/slot.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { addressOf, anonymous } = contractOn(leadline)

const closedRoutes = routes.filter(([, { scope, open }]) => scope !== null && open === undefined)

describe('who gets in', () => {
  test.each(closedRoutes)('%s needs a key', async (_name, route) => {
    const response = await anonymous(route.method, addressOf(route))
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer')
    expect(await codeOf(response)).toBe(1001)
  })

  test('what is open is what machines ask for, and the door to sessions', () => {
    const open = CONTRACT.filter(({ scope, open }) => scope === null || open)
    expect(open.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/session',
      'GET /v1/session',
      'POST /v1/operators',
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      'GET /openapi.json',
    ])
  })

  const open = routes.filter(
    ([, { method, scope, open }]) => method === 'GET' && (!scope || open === 'always'),
  )
  test.each(open)('%s is open', async (_name, route) => {
    const response = await anonymous(route.method, addressOf(route))
    expect(response.status).toBe(200)
    expect(await response.text()).toMatch(/\w/)
  })

  test.each(routes.filter(([, { tag }]) => tag === 'classic'))(
    '%s does not look at sessions',
    async (_name, route) => {
      const operator = await leadline.asOperator('admin')
      expect(await operator.request(route.method, route.url)).toMatchObject({ status: 401, code: 1001 })
    },
  )

  test('the key stands in the header: in the address it counts only on the classic routes', async () => {
    const named = (path: string) => anonymous('GET', `${path}?apiKey=${leadline.key}`)
    expect((await named('/v1/templates')).status).toBe(401)
    expect((await named('/servicemanager/rest/CampaignAPI/getCampaignTemplateList')).status).toBe(200)
  })

  test('two different keys are no key', async () => {
    const path = '/servicemanager/rest/CampaignAPI/getCampaignTemplateList'
    const bearer = { Authorization: `Bearer ${leadline.key}` }
    const differing = await anonymous('GET', `${path}?apiKey=other`, bearer)
    expect([differing.status, await codeOf(differing)]).toEqual([400, 1003])
    expect((await anonymous('GET', `${path}?apiKey=${leadline.key}`, bearer)).status).toBe(200)
  })
})

describe('a key that is revoked while its request is under way works no longer than a second', async () => {
  const narrow = await startLeadline({ connection: leadline.connection, gate: { slots: 1 } })
  const bearer = (key: string) => `Authorization: Bearer ${key}`
  const query = `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`
  const insert = `/servicemanager/rest/CampaignAPI/insertLeadFast?${query}`
  const SECOND_MS = 1_000

  async function makeKey() {
    const key = newKey()
    const made = {
      name: 'test',
      hash: hashKey(key),
      scopes: ['write', 'dial'] as const,
      created_by: 'system',
    }
    const row = await createKey(leadline.pool, made)
    const revoke = async () => {
      await revokeKey(leadline.pool, SEES_ALL, row!.key_id)
      await sleep(SECOND_MS)
    }
    const untilUsed = () =>
      expect
        .poll(async () =>
          (await listKeys(leadline.pool, SEES_ALL)).find(({ key_id }) => key_id === row!.key_id),
        )
        .toMatchObject({ last_used_at: expect.any(String) })
    return { key, revoke, untilUsed }
  }

  /** The head of an insert, and the body that belongs to it. */
  async function begin(key: string) {
    const body = JSON.stringify({ FirstPhone: mobile() })
    const conversation = await Conversation.open(narrow.url)
    onTestFinished(() => conversation.hangUp())
    await conversation.send(head('POST', insert, [bearer(key), `Content-Length: ${body.length}`]))
    return { conversation, body }
  }
  const untilGate = (name: 'busy' | 'waiting') =>
    expect
      .poll(async () => (await narrow.client.get<string>('/metrics')).body, { interval: 5, timeout: 10_000 })
      .toMatch(new RegExp(`^leadline_gate_${name} 1$`, 'm'))
  const unauthorized = { status: 401, body: expect.stringMatching(/^\{"code":1001,/) }

  test('while its body arrives', async () => {
    const { key, revoke } = await makeKey()
    const { conversation, body } = await begin(key)
    await revoke()
    await conversation.send(body)
    expect(await conversation.answer()).toMatchObject(unauthorized)
  })

  test('while it waits at the gate', async () => {
    const { key, revoke } = await makeKey()
    const slow = await leadAtWork(narrow)
    await untilGate('busy')
    const { conversation, body } = await begin(key)
    await conversation.send(body)
    await untilGate('waiting')
    await revoke()
    expect(await slow.letGo()).toMatchObject({ status: 200 })
    expect(await conversation.answer()).toMatchObject(unauthorized)
  })

  test('while it waits for a lead: the lead is left to others', async () => {
    const { key, revoke, untilUsed } = await makeKey()
    const { campaign_id } = target
    const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id,
      name: 'Awaited',
      started: true,
    })
    const path = `/v1/allocations/${body.allocation_id}/leases`
    const answer = new LeadlineClient({ url: leadline.url, key }).post(path, { wait_s: 30 })
    await untilUsed()
    await revoke()
    expect(await answer).toMatchObject({ status: 401, code: 1001 })
    const lead = { FirstPhone: mobile() }
    await client.insertLeadFast({ ...target, allocation_id: body.allocation_id }, lead)
    const counts = await client.get(`/v1/allocations/${body.allocation_id}/counts`)
    expect(counts.body).toMatchObject({ new: 1, leased: 0 })
  })
})

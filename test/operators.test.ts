// Operators over HTTP: the first one, making and changing them, the teams that bound what they see.

import { describe, expect, onTestFinished, test } from 'vitest'
import type { NewOperator, Operator } from '../src/client/api.ts'
import type { LeadlineClient, Problem } from '../src/client/client.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { makeFirst } from '../src/intake/operators.ts'
import { hashPassword } from '../src/intake/password.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { OperatorClient, PASSWORD } from './support/operator.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const { client, connection, target } = leadline

let people = 0
const somebody = (more: Partial<NewOperator> = {}): NewOperator => ({
  login: `somebody-${++people}`,
  name: 'Ana Silva',
  role: 'agent',
  password: PASSWORD,
  ...more,
})

/** A browser of somebody who is not signed in. */
const visitor = (url: string) =>
  new OperatorClient(url, { operator_id: 0, login: 'visitor', name: 'Visitor', role: 'admin' })

async function created(more: Partial<NewOperator> = {}, as: LeadlineClient = client): Promise<Operator> {
  const answer = await as.createOperator(somebody(more))
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body as Operator
}

describe('the first operator', async () => {
  const empty = await startLeadline()
  const twin = await startLeadline({ connection: empty.connection })
  const race = await startLeadline()
  const rival = await startLeadline({ connection: race.connection })
  const count = async () =>
    (await admin(empty.connection, 'select count(*)::int as there from operators')).rows[0].there

  test('is announced: nobody is there yet', async () => {
    for (const { setup_code } of [empty, twin]) expect(setup_code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/)
    expect((await visitor(empty.url).session()).body).toEqual({
      operator: null,
      setup: true,
      drafts_key: null,
      expires_at: null,
    })
  })

  test('is made by no other site', async () => {
    for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
      const body = JSON.stringify(somebody({ role: undefined, code: empty.setup_code! }))
      const answer = await fetch(`${empty.url}/v1/operators`, { method: 'POST', headers, body })
      expect(answer.status).toBe(403)
    }
    expect(await count()).toBe(0)
  })

  test.for([
    [{ code: undefined }, '/code'],
    [{ code: 'ABCD-EFGH-JKMN' }, '/code'],
    [{ password: 'short' }, '/password'],
    [{ login: 'Ana Silva' }, '/login'],
    [{ name: '\u200b' }, '/name'],
    [{ role: 'agent' }, '/role'],
    [{ teams: ['Global'] }, '/teams'],
  ] as const)('has to be one: %j is refused', async ([wrong, field]) => {
    const answer = await visitor(empty.url).createOperator(
      somebody({ role: undefined, code: empty.setup_code!, ...wrong } as NewOperator),
    )
    expect(answer).toMatchObject({ status: 422, code: 1005, body: { errors: [{ field }] } })
    expect(await count()).toBe(0)
  })

  test('other routes are as closed as ever', async () => {
    expect((await visitor(empty.url).operators()).status).toBe(401)
    expect((await visitor(empty.url).changeOperator(1, { name: 'x' })).status).toBe(401)
    expect((await visitor(empty.url).get('/v1/templates')).status).toBe(401)
  })

  test('is one, an admin who is signed in at once, of however many who try in one moment on two servers', async () => {
    const visitors = Array.from({ length: 12 }, (_, i) => visitor((i % 2 ? empty : twin).url))
    // Each process shows a code of its own; people type it as they like.
    const codes = [twin.setup_code!, ` ${empty.setup_code!.toLowerCase().replaceAll('-', ' ')} `]
    const answers = await Promise.all(
      visitors.map((one, i) => one.createOperator(somebody({ role: undefined, code: codes[i % 2]! }))),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...new Array(11).fill(401)])
    expect(await count()).toBe(1)
    const first = answers.findIndex(({ status }) => status === 201)
    expect(answers[first]!.body).toMatchObject({
      operator_id: expect.any(Number),
      role: 'admin',
      teams: [],
      disabled: false,
    })
    for (const [i, one] of visitors.entries()) {
      const { operator, setup } = (await one.session()).body
      expect(setup).toBe(false)
      expect(operator).toEqual(i === first ? answers[first]!.body : null)
    }
    expect((await visitors[first]!.operators()).body.items).toHaveLength(1)
  })

  test('is one also when nothing slows the others down: the database decides', async () => {
    const password_hash = await hashPassword(PASSWORD)
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) => {
        const ready = {
          login: `racer-${i}`,
          name: 'Ana Silva',
          role: 'admin',
          password_hash,
          team_ids: [],
        } as const
        return makeFirst((i % 2 ? race : rival).pool, ready, 'test')
      }),
    )
    expect(outcomes.filter(({ ok }) => ok).length).toBe(1)
    expect((await admin(race.connection, 'select from operators')).rowCount).toBe(1)
  })

  test('was the only one: the door is shut behind it, also when it is disabled', async () => {
    for (const url of [empty.url, twin.url])
      for (const { setup_code } of [empty, twin])
        expect(
          await visitor(url).createOperator(somebody({ role: undefined, code: setup_code! })),
        ).toMatchObject({ status: 401, code: 1001 })
    await admin(empty.connection, 'update operators set disabled_at = now()')
    const late = await startLeadline({ connection: empty.connection })
    onTestFinished(late.stop)
    expect(late.setup_code).toBeNull()
    expect(await visitor(late.url).session()).toMatchObject({ ok: true, body: { setup: false } })
    expect((await visitor(late.url).createOperator(somebody())).status).toBe(401)
    expect(await count()).toBe(1)
  })
})

describe('LEADLINE_BOOTSTRAP_ADMIN_PASSWORD', async () => {
  const [password, later] = ['nine brown foxes', 'seven grey geese']
  const server = await startLeadline({ bootstrap_admin_password: password })
  await startLeadline({ connection: server.connection, bootstrap_admin_password: later })

  test('makes the operator admin, so that nobody is the first visitor', async () => {
    expect(server.setup_code).toBeNull()
    expect((await visitor(server.url).session()).body.setup).toBe(false)
    expect(await visitor(server.url).createOperator(somebody())).toMatchObject({ status: 401 })
    const answer = await visitor(server.url).signIn('admin', password)
    expect(answer).toMatchObject({
      status: 201,
      body: { operator: { login: 'admin', role: 'admin', teams: [] } },
    })
  })

  test('leaves the password of one who is there alone, and stands nowhere in the database', async () => {
    expect((await visitor(server.url).signIn('admin', later)).status).toBe(401)
    expect((await visitor(server.url).signIn('admin', password)).status).toBe(201)
    const { rows } = await admin(
      server.connection,
      'select a::text as text from audit_log a union all select o::text from operators o',
    )
    expect(JSON.stringify(rows)).not.toMatch(/foxes|geese/)
  })
})

describe('an operator', () => {
  test('is made by an admin or by a key that may do everything, and is listed', async () => {
    const boss = await leadline.asOperator('admin')
    await ensureTeam(leadline.pool, 'West')
    for (const [as, by] of [
      [boss, `operator:${boss.operator.operator_id}`],
      [client, 'key:1'],
    ] as const) {
      const made = await created(
        {
          login: ` Kim.${by}@Example.com `.replace(':', '-'),
          name: ' Kim Ng ',
          role: 'lead',
          teams: ['West', 'Global'],
        },
        as,
      )
      expect(made).toEqual({
        operator_id: expect.any(Number),
        login: `kim.${by.replace(':', '-')}@example.com`,
        name: 'Kim Ng',
        role: 'lead',
        teams: ['Global', 'West'],
        disabled: false,
        created_at: expect.stringMatching(/Z$/),
        last_seen_at: null,
      })
      expect((await as.operators()).body.items).toContainEqual(made)
      const { rows } = await admin(
        connection,
        `select created_by from operators where operator_id = ${made.operator_id}`,
      )
      expect(rows).toEqual([{ created_by: by }])
    }
  })

  test('is listed page by page', async () => {
    for (let i = 0; i < 3; i++) await leadline.asOperator('agent')
    const all = (await client.operators()).body.items.map(({ operator_id }) => operator_id)
    const found: number[] = []
    let cursor: number | null = 0
    while (cursor !== null) {
      const { body }: { body: { items: Operator[]; next_cursor: number | null } } = await client.operators({
        cursor,
        limit: 2,
      })
      found.push(...body.items.map(({ operator_id }) => operator_id))
      cursor = body.next_cursor
    }
    expect(found).toEqual(all)
    expect(found.length).toBeGreaterThan(3)
  })

  test.for([
    [{ login: 'ana silva' }, ['/login']],
    [{ login: 'ana', password: 'seven77' }, ['/password']],
    [{ login: 'ana.silva', password: 'Ana.Silva' }, ['/password']],
    [{ login: '-', password: 'password' }, ['/login', '/password']],
    [{ role: undefined }, ['/role']],
    [{ role: 'boss' }, ['/role']],
    [{ teams: ['Nowhere'] }, ['/teams/0']],
    [{ teams: ['Global', 'Nowhere'] }, ['/teams/1']],
    [{ teams: 'Global' }, ['/teams']],
    [{ name: '' }, ['/name']],
    [{ name: 'Ana \u202e' }, ['/name']],
    [{ password: undefined }, ['/password']],
    [{ disabled: false }, ['/disabled']],
  ] as const)('with %j is refused, and every mistake is named', async ([wrong, fields]) => {
    const answer = await client.createOperator(somebody(wrong as Partial<NewOperator>))
    expect(answer).toMatchObject({ status: 422, code: 1005 })
    const { errors } = answer.body as Problem
    expect([...new Set(errors?.map(({ field }) => field))]).toEqual(fields)
  })

  test('has a login of its own, in any case', async () => {
    const made = await created()
    const answer = await client.createOperator(somebody({ login: made.login.toUpperCase() }))
    expect(answer).toMatchObject({
      status: 422,
      code: 1005,
      body: { errors: [{ field: '/login', detail: 'this login is taken' }] },
    })
    const twins = await Promise.all(
      Array.from({ length: 4 }, () => client.createOperator(somebody({ login: 'twin' }))),
    )
    expect(twins.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422])
  })

  test('is changed: what is left out is untouched', async () => {
    const made = await created({ teams: ['Global'] })
    const change = async (patch: object) => (await client.changeOperator(made.operator_id, patch)).body
    expect(await change({})).toEqual(made)
    expect(await change({ name: 'Ana Souza' })).toEqual({ ...made, name: 'Ana Souza' })
    expect(await change({ role: 'manager', name: 'Ana' })).toEqual({ ...made, name: 'Ana', role: 'manager' })
    expect(await change({ teams: ['West'] })).toMatchObject({ teams: ['West'], role: 'manager' })
    expect(await change({ teams: [] })).toMatchObject({ teams: [] })
    expect(await change({ disabled: true })).toMatchObject({ disabled: true })
    expect(await change({ disabled: true, name: 'Gone' })).toMatchObject({ disabled: true, name: 'Gone' })
    expect(await change({ disabled: false })).toMatchObject({ disabled: false, name: 'Gone' })
    expect(await client.changeOperator(999_999, { name: 'Nobody' })).toMatchObject({
      status: 404,
      code: 1004,
    })
    for (const [wrong, field] of [
      [{ login: 'other' }, '/login'],
      [{ role: 'boss' }, '/role'],
      [{ name: ' \u00ad' }, '/name'],
      [{ teams: ['Nowhere'] }, '/teams/0'],
      [{ password: made.login }, '/password'],
    ] as const)
      expect(await client.changeOperator(made.operator_id, wrong as object)).toMatchObject({
        code: 1005,
        body: { errors: [{ field }] },
      })
  })

  test('whose password an admin sets is signed out everywhere, and waits for nothing', async () => {
    const ana = await leadline.asOperator('agent')
    const boss = await leadline.asOperator('admin')
    const { operator_id, login } = ana.operator
    for (let i = 0; i < 2; i++) await visitor(leadline.url).signIn(login, 'a wrong one')
    await admin(connection, `update sign_in_failures set blocked_until = now() + interval '15 minutes'`)
    expect((await boss.changeOperator(operator_id, { password: 'nine brown foxes' })).status).toBe(200)
    expect((await ana.session()).body.operator).toBeNull()
    expect((await ana.signIn(login, 'nine brown foxes')).status).toBe(201)
  })

  test('hands nobody rights, shuts nobody out, and changes no password without the old one, of itself', async () => {
    const boss = await leadline.asOperator('admin')
    const { operator_id } = boss.operator
    for (const [patch, field] of [
      [{ role: 'agent' }, '/role'],
      [{ disabled: true }, '/disabled'],
      [{ teams: ['Global'] }, '/teams'],
      [{ password: 'nine brown foxes' }, '/password'],
    ] as const)
      expect(await boss.changeOperator(operator_id, patch as object)).toMatchObject({
        code: 1005,
        body: { errors: [{ field }] },
      })
    expect(await boss.changeOperator(operator_id, { name: 'Robin' })).toMatchObject({
      status: 200,
      body: { name: 'Robin' },
    })
  })

  test('leaves a trail: what is done to operators is in the audit log, by whom', async () => {
    const boss = await leadline.asOperator('admin')
    const made = await created({ role: 'lead', teams: ['Global'] }, boss)
    await boss.changeOperator(made.operator_id, { name: 'Ana Souza', role: 'agent', teams: [] })
    await boss.changeOperator(made.operator_id, { password: 'nine brown foxes', disabled: true })
    await boss.changeOperator(made.operator_id, { disabled: false })
    const { rows } = await admin(
      connection,
      `select actor, action, details from audit_log where subject = 'operator:${made.operator_id}' order by audit_id`,
    )
    const global = (await admin(connection, `select team_id from teams where name = 'Global'`)).rows[0]
      .team_id
    expect(rows.map(({ action, details }) => [action, details])).toEqual([
      ['operator.create', { role: 'lead', team_ids: [global] }],
      [
        'operator.change',
        { fields: ['name', 'role', 'teams'], role: 'agent', team_ids: [], was: { role: 'lead' } },
      ],
      ['operator.password', {}],
      ['operator.disable', {}],
      ['operator.enable', {}],
    ])
    for (const { actor } of rows) expect(actor).toBe(`operator:${boss.operator.operator_id}`)
    const everything = await admin(connection, 'select a::text as text from audit_log a')
    expect(JSON.stringify(everything.rows)).not.toMatch(/poplars|foxes|argon2|Silva|Souza/)
  })
})

describe('teams', () => {
  const body = { contact_hours: 'Australia/Melbourne', fields: [{ name: 'Phone', kind: 'phone' }] }
  const names = async (as: LeadlineClient) =>
    (await as.get<{ items: { name: string }[] }>('/v1/templates')).body.items.map(({ name }) => name)

  test('bound what an operator sees and does, as they bound keys; of no team means every team', async () => {
    await ensureTeam(leadline.pool, 'North')
    const made = await client.post<{ template_id: number }>('/v1/templates', {
      ...body,
      name: 'North only',
      team: 'North',
    })
    expect(made.status).toBe(201)
    const { lead_id } = await client.insertLeadFast(target, { FirstPhone: mobile() })
    const [north, all] = [await leadline.asOperator('lead', ['North']), await leadline.asOperator('lead')]
    expect(await names(north)).toEqual(['North only'])
    expect(await names(all)).toEqual(expect.arrayContaining(['North only', 'Sample']))
    expect((await north.get(`/v1/leads/${lead_id}`)).status).toBe(404)
    expect((await north.delete(`/v1/leads/${lead_id}`)).status).toBe(404)
    expect((await all.get(`/v1/leads/${lead_id}`)).status).toBe(200)
    await client.changeOperator(north.operator.operator_id, { teams: ['North', 'Global'] })
    expect((await north.get(`/v1/leads/${lead_id}`)).status).toBe(200)
  })

  test('bound an admin: operators of its own teams alone, and nobody who sees more', async () => {
    await ensureTeam(leadline.pool, 'South')
    const [south, wide, whole] = [
      await leadline.asOperator('admin', ['South']),
      await leadline.asOperator('agent', ['South', 'West']),
      await leadline.asOperator('agent'),
    ]
    const own = await created({ teams: ['South'] }, south)
    const seen = (await south.operators()).body.items.map(({ operator_id }) => operator_id)
    expect(seen).toEqual([south.operator.operator_id, own.operator_id])

    for (const [teams, field] of [
      [undefined, '/teams'],
      [[], '/teams'],
      [['West'], '/teams/0'],
      [['South', 'West'], '/teams/1'],
    ] as const) {
      const wrong = { code: 1005, body: { errors: [{ field }] } }
      expect(await south.createOperator(somebody({ teams: teams && [...teams] }))).toMatchObject(wrong)
      if (teams)
        expect(await south.changeOperator(own.operator_id, { teams: [...teams] })).toMatchObject(wrong)
    }
    for (const { operator } of [wide, whole]) {
      const taken = await south.changeOperator(operator.operator_id, { password: 'nine brown foxes' })
      expect(taken).toMatchObject({ status: 404, code: 1004 })
      expect((await visitor(leadline.url).signIn(operator.login, PASSWORD)).status).toBe(201)
    }
    expect(await south.changeOperator(own.operator_id, { name: 'Ana' })).toMatchObject({ status: 200 })

    const team_id = await ensureTeam(leadline.pool, 'South')
    const key = await leadline.clientWith(['admin'], [team_id])
    expect((await key.operators()).body.items.map(({ operator_id }) => operator_id)).toEqual(seen)
    expect((await key.createOperator(somebody())).code).toBe(1005)
  })
})

// Gives an empty installation a sample campaign for its first lead, and a key.

import type { Field } from '../core/field.ts'
import { BOOTSTRAP_LOGIN } from '../core/operator.ts'
import { createAllocation } from '../db/allocations.ts'
import { audit } from '../db/audit.ts'
import { createCampaign } from '../db/campaigns.ts'
import { createContactHours, listContactHours } from '../db/contact-hours.ts'
import { createKey, listKeys } from '../db/keys.ts'
import { credentialsOf } from '../db/operators.ts'
import type { Db, Pool } from '../db/pool.ts'
import { GLOBAL_TEAM_ID, SEES_ALL } from '../db/sight.ts'
import { createTemplate, lockFirstStart, templatesExist } from '../db/templates.ts'
import { hashKey, newKey } from './keys.ts'
import { addOperator } from './operators.ts'

export interface FirstStart {
  /** The key that was made, to be shown once; null when one was there or given. */
  key: string | null
  template_id: number
  campaign_id: number
  allocation_id: number
}

/** Makes the sample, a first key and the key of the environment, where they are missing. Null: nothing new to show. */
export async function bootstrap(
  pool: Pool,
  options: { region: string; bootstrap_api_key: string | null },
): Promise<FirstStart | null> {
  return pool.transaction(async (tx) => {
    await lockFirstStart(tx)
    const had_keys = (await listKeys(tx, SEES_ALL, { after: 0, rows_max: 1 })).length > 0
    if (options.bootstrap_api_key !== null) {
      const key = {
        name: 'bootstrap',
        hash: hashKey(options.bootstrap_api_key),
        scopes: ['admin'] as const,
      }
      const made = await createKey(tx, { ...key, created_by: 'system' })
      if (made) await audit(tx, { actor: 'system', action: 'key.create', subject: `key:${made.key_id}` })
    }
    if (await templatesExist(tx)) return null
    const sample = await createSample(tx)
    if (had_keys || options.bootstrap_api_key !== null) return { key: null, ...sample }
    const key = newKey()
    const made = await createKey(tx, {
      name: 'first key',
      hash: hashKey(key),
      scopes: ['admin'],
      created_by: 'system',
    })
    await audit(tx, { actor: 'system', action: 'key.create', subject: `key:${made!.key_id}` })
    return { key, ...sample }
  })
}

/** Makes the operator of the environment. One that exists already keeps its password. */
export async function bootstrapAdmin(pool: Pool, password: string): Promise<void> {
  if (await credentialsOf(pool, BOOTSTRAP_LOGIN)) return
  const admin = {
    login: BOOTSTRAP_LOGIN,
    name: 'Administrator',
    role: 'admin',
    password,
    team_ids: [],
  } as const
  const made = await addOperator(pool, admin, { actor: 'system' })
  // Another server that starts at the same time may have made it. The password was checked before.
  if (made.refusal && made.refusal.field !== '/login') throw new Error(made.refusal.detail)
}

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  aliases: [],
  kind: 'text',
  choices: null,
  merge_group: null,
  ...more,
})
const address = { merge_group: 'address' }

const SAMPLE_FIELDS = [
  field('Name'),
  field('StreetAddress', { ...address, label: 'Street address' }),
  field('City', address),
  field('State', address),
  field('PostCode', { ...address, label: 'Post code' }),
  field('Email', { kind: 'email' }),
  field('FirstPhone', { kind: 'phone', label: 'First phone' }),
  field('SecondPhone', { kind: 'phone', label: 'Second phone' }),
]

async function createSample(tx: Db) {
  const hours = 'Australia/Melbourne'
  if (!(await listContactHours(tx, SEES_ALL)).some(({ name }) => name === hours))
    await createContactHours(tx, GLOBAL_TEAM_ID, {
      name: hours,
      zone: hours,
      local_to_lead: false,
      weekly: null,
      exceptions: [],
      valid_from: null,
      valid_to: null,
    })
  const template_id = await createTemplate(tx, {
    name: 'Sample',
    team_id: GLOBAL_TEAM_ID,
    region: 'AU',
    contact_hours: hours,
    disposition_set: 'Standard',
    duplicate_rule: 'any',
    dnc_rule: 'all',
    bad_values: 'keep',
    zone_field: 'PostCode',
    attempt_rules: null,
    consent: 'none',
    fields: SAMPLE_FIELDS,
  })
  const campaign = await createCampaign(tx, SEES_ALL, template_id!, 'Sample campaign')
  const allocation = await createAllocation(tx, SEES_ALL, {
    campaign_id: campaign!.campaign_id,
    name: 'Sample allocation',
    started: true,
    needs_wash: false,
  })
  return {
    template_id: template_id!,
    campaign_id: campaign!.campaign_id,
    allocation_id: allocation!.allocation_id,
  }
}

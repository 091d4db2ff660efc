import { expect, test } from 'vitest'
import { espocrm } from './espocrm.ts'
import { leadlineSingle, readMany } from './leadline.ts'
import { failed, refused, type SampleLead, taken } from './peer.ts'
import { race } from './races.ts'
import { SampleLeads } from './sample.ts'
import { overHttp } from './send.ts'
import { vicidial } from './vicidial.ts'

const lead = {
  external_id: '0123456789abcdef01',
  first_name: 'Jane',
  last_name: 'Smith',
  street: '12 Langridge Street',
  city: 'Abbotsford',
  state: 'Vic',
  post_code: '3067',
  email: 'jane@example.com',
  mobile: '0412345678',
  landline: '0291234567',
}
const ids = { external_id: lead.external_id, id: '17' }

test('Leadline gets a lead with its checks on, and its answers are read by code', () => {
  const { insert, update, read } = leadlineSingle(
    { template_id: 1, campaign_id: 2, allocation_id: 3 },
    'the key',
  )
  const { path, headers, body } = insert(lead)
  expect(path).toBe(
    '/servicemanager/rest/CampaignAPI/insertLeadFast?fTemplateId=1&fCampaignId=2&fAllocationId=3',
  )
  expect(headers.Authorization).toBe('Bearer the key')
  expect(JSON.parse(body)).toMatchObject({ FirstPhone: '0412345678', njExternalLeadId: lead.external_id })
  expect(JSON.parse(update(ids, 'Fitzroy').body)).toMatchObject({
    njExternalLeadId: lead.external_id,
    City: 'Fitzroy',
  })
  expect(read({ status: 200, body: '{"code":0,"message":"OK"}' })).toEqual(taken())
  expect(read({ status: 400, body: '{"code":105,"message":"DUPLICATE"}' })).toEqual(refused('105'))
  expect(read({ status: 500, body: '{"code":103,"message":"EXCEPTION"}' })).toEqual(failed('103'))
  expect(read({ status: 502, body: '<html>' })).toEqual(failed('HTTP 502'))
})

test('of an array of leads the counts and the reason of each line are read', () => {
  const message = `Imported 97 Updated 0 Rejected 3 leads.

Errors (If any):
 Name,FirstPhone,Error Reason,
 Jane Smith,xxxxxxx678,105 DUPLICATE: a lead of the campaign has this phone number,
 "Smith, Jane",xxxxxxx679,"104 BLOCKED: it is on a list, since today",
 Jane Smith,xxxxxxx670,1013 UNAVAILABLE: the outcome is unknown,
`
  expect(readMany({ body: { code: 0, message } })).toEqual({
    taken: 97,
    refused: { 104: 1, 105: 1 },
    errors: { 1013: 1 },
    id: null,
  })
  expect(readMany({ body: { code: 1001, message: 'UNAUTHORISED' } })).toEqual(failed('1001'))
})

test('VICIdial gets a form with its checks on, and credentials are in the body alone', () => {
  const { insert, update, read } = vicidial({ user: 'api', password: 'pass&word', list_id: '101' })
  const sent = insert(lead)
  expect(sent.path).toBe('/vicidial/non_agent_api.php')
  expect(Object.fromEntries(new URLSearchParams(sent.body))).toMatchObject({
    function: 'add_lead',
    user: 'api',
    pass: 'pass&word',
    list_id: '101',
    duplicate_check: 'DUPLIST',
    dnc_check: 'Y',
    phone_code: '61',
    phone_number: '412345678',
    vendor_lead_code: lead.external_id,
  })
  expect(Object.fromEntries(new URLSearchParams(update(ids, 'Fitzroy').body))).toMatchObject({
    function: 'update_lead',
    search_method: 'VENDOR_LEAD_CODE',
    vendor_lead_code: lead.external_id,
    city: 'Fitzroy',
  })
  const answer = (body: string) => read({ status: 200, body })
  expect(answer('SUCCESS: add_lead LEAD HAS BEEN ADDED - 412345678|api|101|193715|10\n')).toEqual(
    taken(1, '193715'),
  )
  expect(answer('SUCCESS: update_lead LEAD HAS BEEN UPDATED - api|193715\n').taken).toBe(1)
  expect(answer('ERROR: add_lead DUPLICATE PHONE NUMBER IN LIST - 412345678|101|8765\n')).toEqual(
    refused('DUPLICATE'),
  )
  expect(answer('ERROR: add_lead PHONE NUMBER IN DNC - 412345678|api\n')).toEqual(refused('DNC'))
  expect(answer('NOTICE: update_lead NO MATCHES FOUND IN THE SYSTEM - api||x|\n')).toEqual(
    refused('NO MATCHES FOUND'),
  )
  expect(answer('ERROR: add_lead NOT AN ALLOWED LIST ID - 412345678|98762\n')).toEqual(
    failed('add_lead NOT AN ALLOWED LIST ID'),
  )
})

test('of a refused sign-in to VICIdial nothing is repeated: its text holds the password', () => {
  const { read } = vicidial({ user: 'api', password: 'secret', list_id: '101' })
  const outcome = read({ status: 200, body: 'ERROR: Invalid Username/Password: |api|secret|BAD|\n' })
  expect(outcome).toEqual(failed('a refused sign-in'))
  expect(read({ status: 200, body: 'secret' })).toEqual(failed('an answer that is not understood'))
})

test('EspoCRM gets JSON, its own id names the lead to change, and 409 is a duplicate', () => {
  const { insert, update, read } = espocrm('the key')
  const sent = insert(lead)
  expect(sent).toMatchObject({ method: 'POST', path: '/api/v1/Lead', headers: { 'X-Api-Key': 'the key' } })
  expect(JSON.parse(sent.body)).toMatchObject({
    firstName: 'Jane',
    phoneNumberData: [
      { phoneNumber: '+61412345678', primary: true },
      { phoneNumber: '+61291234567', primary: false },
    ],
  })
  const change = update(ids, 'Fitzroy')
  expect(change).toMatchObject({ method: 'PUT', path: '/api/v1/Lead/17' })
  expect(JSON.parse(change.body)).toMatchObject({ addressCity: 'Fitzroy' })
  expect(read({ status: 200, body: '{"id":"5f1","name":"Jane Smith"}' })).toEqual(taken(1, '5f1'))
  expect(read({ status: 409, body: '[{"id":"5f1"}]' })).toEqual(refused('409'))
  expect(read({ status: 403, body: '' })).toEqual(failed('HTTP 403'))
  expect(read({ status: 200, body: '<html>' })).toEqual(failed('an answer without an id'))
})

test('an address with credentials in it is a mistake that is told', () => {
  for (const address of ['http://api:secret@localhost', 'http://localhost/?key=secret'])
    expect(() => overHttp('espocrm', address, espocrm('x'), 1)).toThrow('must not hold credentials')
})

test('a race counts who got in: all racers have one number, each an external id of its own', async () => {
  const leads = new SampleLeads('run')
  const sent: string[] = []
  const got_in = [1, 0, 3]
  let asked = 0
  const peer = {
    name: 'peer',
    rows: 1,
    insert: async ([lead]: readonly SampleLead[]) => {
      sent.push(`${lead!.mobile} ${lead!.external_id}`)
      return asked++ % 4 < got_in[Math.floor((asked - 1) / 4)]! ? taken() : refused('105')
    },
    update: async () => taken(),
  }
  expect(await race(peer, 3, 4, () => leads.next())).toEqual({ races: 3, got_in: 4, several: 1, none: 1 })
  expect(new Set(sent).size).toBe(12)
  expect(new Set(sent.map((one) => one.split(' ')[0])).size).toBe(3)
})

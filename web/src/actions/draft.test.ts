import { expect, test } from 'vitest'
import type { Action } from '../../../src/client/api.ts'
import { changeOf, draftOf, isComplete, NEW } from './draft.ts'

const row = { team: 'Global', dispositions: [], version: 1, created_at: '', updated_at: '', action_id: 1 }

test.for([
  {
    kind: 'url',
    config: {
      method: 'POST',
      url: 'https://crm.example/${njLead}',
      headers: { Authorization: '***', 'X-A': 'b: c' },
      body: '{"a": "${Name}"}',
      secrets: ['sid'],
    },
  },
  { kind: 'url', config: { method: 'GET', url: 'https://crm.example/' } },
  { kind: 'email', config: { to: 'a@example.com', subject: 'Sold', text: 'To ${Name}' } },
  { kind: 'copy', config: { allocation_id: 4, allow_duplicates: true } },
  { kind: 'dnc', config: { list: 'campaign' } },
  {
    kind: 'conditional',
    config: { condition: { field: 'City', op: 'equals', value: '' }, then_action_id: 2 },
  },
  {
    kind: 'conditional',
    config: { condition: { field: 'City', op: 'empty' }, then_action_id: 2, else_action_id: 3 },
  },
  { kind: 'nth_attempt', config: { attempt: 3, then_action_id: 2 } },
] as Pick<Action, 'kind' | 'config'>[])('what is not changed is sent as it came: %o', (set_up) => {
  const draft = draftOf({ ...row, name: 'Tell', enabled: false, ...set_up })
  expect(changeOf(draft)).toEqual({ name: 'Tell', enabled: false, ...set_up })
  expect(isComplete(draft)).toBe(true)
})

test('a new action is incomplete until it has a name and what its kind needs', () => {
  expect(isComplete(NEW)).toBe(false)
  expect(isComplete({ ...NEW, name: 'Tell' })).toBe(false)
  expect(isComplete({ ...NEW, name: 'Tell', url: 'https://crm.example' })).toBe(true)
})

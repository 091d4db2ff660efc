import { expect, test } from 'vitest'
import { historyCsv } from './csv.ts'

test('a line for each value, safe to open in a spreadsheet', () => {
  const by = {
    at: '2026-11-26T10:00:00Z',
    way: 'screen',
    request_id: 'r1',
    merge: null,
    set_aside: [],
    reverts: null,
    restores: null,
    warnings: [],
  }
  const csv = historyCsv([
    { version: 1, ...by, actor: 'key:7', actor_name: 'CRM, nightly', changes: null },
    {
      version: 2,
      ...by,
      actor: 'operator:3',
      actor_name: 'Ann "Annie" Lee',
      changes: { 'fields.Name': ['=cmd()', 'Jane\nCitizen'], priority: [10, -3] },
    },
  ])
  expect(csv.split('\r\n')).toEqual([
    'version,at,actor,actor_name,way,request_id,path,old,new',
    '1,2026-11-26T10:00:00Z,key:7,"CRM, nightly",screen,r1,,,',
    `2,2026-11-26T10:00:00Z,operator:3,"Ann ""Annie"" Lee",screen,r1,fields.Name,'=cmd(),"Jane\nCitizen"`,
    '2,2026-11-26T10:00:00Z,operator:3,"Ann ""Annie"" Lee",screen,r1,priority,10,-3',
    '',
  ])
})

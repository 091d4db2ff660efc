// The files that people really import, small and made up: each is read without a manual step, or with the one question
// that is really open.

import { afterAll, expect, test } from 'vitest'
import { rules as base } from '../../test/support/base-lead.ts'
import { Folder, type ReadFile } from '../../test/support/read-files.ts'
import { writeZip } from '../../test/support/zip-writer.ts'
import { KEEPING } from '../core/entries.ts'
import { type Field, FieldTable } from '../core/field.ts'
import { RowMapper } from '../core/mapped-row.ts'
import { type GuessedMapping, guessMapping } from '../core/mapping-guess.ts'
import type { Rules } from '../core/rules.ts'
import { readNewLead } from '../core/submission.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const field = (name: string, kind: Field['kind'] = 'text'): Field => ({
  name,
  label: name,
  aliases: [],
  kind,
  choices: null,
  merge_group: null,
})
const rules: Rules = {
  ...base,
  fields: new FieldTable([
    field('FirstName'),
    field('LastName'),
    field('Mobile', 'phone'),
    field('Landline', 'phone'),
    field('Email', 'email'),
    field('City'),
    field('PostCode'),
    field('BirthDate', 'date'),
    field('Notes', 'long_text'),
  ]),
}

interface Taken {
  file: ReadFile
  mapping: GuessedMapping
  /** Of each row: the lead, or the code that refuses it. */
  leads: {
    numbers?: number[]
    fields?: Readonly<Record<string, string>>
    external_id?: string | null
    refused?: string
  }[]
}

async function take(path: string, by: Rules = rules): Promise<Taken> {
  const file = await folder.read(path)
  const mapping = guessMapping(file.shape, by)
  const mapper = new RowMapper(mapping, file.shape.columns, by, KEEPING)
  const leads = file.rows.map(({ cells }) => {
    const { ok, refusal } = readNewLead(mapper.read(cells).entries, by, 1, '2026-07-01T00:00:00Z')
    return ok
      ? { numbers: ok.numbers, fields: ok.lead.fields, external_id: ok.lead.external_id }
      : { refused: refusal.name }
  })
  return { file, mapping, leads }
}

const questionsIn = ({ columns }: GuessedMapping) => columns.flatMap(({ questions }) => questions)

test('VICIdial: no headings, the country code beside the number, quotes that are letters', async () => {
  const row = (id: string, code: string, phone: string, first: string, last: string, comment: string) =>
    `${id}|WEB|998|${code}|${phone}|Ms|${first}||${last}|1 High Street|||Perth|WA||6000|AUS|F|1980-02-03||${first}@example.com||${comment}`.toLowerCase()
  const { file, mapping, leads } = await take(
    folder.put(
      [
        row('V1', '61', '491570006', 'Ann', 'Lee', 'said "yes'),
        row('V2', '61', '491570110', 'Bob', "O'Hara", ''),
        row('V3', '44', '7400123456', 'Cy', 'Ng', ''),
      ].join('\n'),
    ),
  )
  expect(file.shape).toMatchObject({ delimiter: '|', heading_row: null, guesses: [] })
  expect(questionsIn(mapping)).toEqual([])
  expect(leads.map(({ numbers }) => numbers)).toEqual([[61491570006], [61491570110], [447400123456]])
  expect(leads[0]).toMatchObject({
    external_id: 'v1',
    fields: { FirstName: 'ann', LastName: 'lee', City: 'perth', BirthDate: '1980-02-03', Notes: 'said "yes' },
  })
})

test('VICIdial from its command line: several numbers in one field go to the phone fields that are free', async () => {
  const row = (id: string, phone: string, alternate: string, several: string) =>
    `${id}|WEB|998|61|${phone}|||||||||Perth|WA||6000|AUS|F||${alternate}|||note|0|NEW|2026-01-02|${several}`
  const text = [
    row('V1', '491570006', '', '491570156_61_work!391234567_61_'),
    row('V2', '491570110', '', '491570157__'),
    row('V3', '491570158', '0891234567', '491570159_61_after six'),
    row('V4', '491570160', '', ''),
  ].join('\n')
  const { file, mapping, leads } = await take(folder.put(text))
  expect(questionsIn(mapping)).toEqual([])
  expect(mapping.columns.at(-1)).toMatchObject({ target: { to: 'numbers' } })
  expect(leads.map(({ numbers }) => numbers)).toEqual([
    [61491570006, 61491570156],
    [61491570110, 61491570157],
    [61491570158, 61891234567],
    [61491570160],
  ])
  // What has no field, and what somebody has noted of a number, stays with the lead.
  const mapper = new RowMapper(mapping, file.shape.columns, rules, KEEPING)
  const kept = file.rows.map(({ cells }) =>
    [...mapper.read(cells).entries.unmapped.values()].map(({ text }) => text),
  )
  expect(kept.map((texts) => texts.filter((one) => one?.includes('_')))).toEqual([
    ['491570156_61_work!391234567_61_'],
    [],
    ['491570159_61_after six'],
    [],
  ])
})

test('Meta: tabs in a .csv, ids with letters, whole questions as headings, empty rows at the end', async () => {
  const heading =
    'id\tcreated_time\tad_id\tcampaign_name\tform_id\tis_organic\tplatform\twhat_is_your_budget?\tfull_name\tphone_number\temail\tcity'
  const leads_text = [
    'l:101\t2025-09-12T15:05:13+05:30\tag:1\tSolar\tf:9\tfalse\tfb\tunder 5,000\tAnn Lee\tp:+61491570006\tann@example.com\tPerth',
    'l:102\t2025-09-12T16:00:00+05:30\tag:1\tSolar\tf:9\tfalse\tig\t"more"\tZoë Ng\tp:0491570110\tzoe@example.com\tKöln',
    'l:103\t2025-09-13T16:00:00+05:30\t\t\tf:9\ttrue\tig\tmore\tBob\tp:0491 570 156\tbob@example.com\tOslo',
  ]
  const text = `\ufeff${[heading, ...leads_text, '', '', ''].join('\r\n')}`
  for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')]) {
    const { file, mapping, leads } = await take(folder.put(bytes, 'leads.csv'))
    expect(file.shape).toMatchObject({ delimiter: '\t', heading_row: 1, guesses: [] })
    expect(questionsIn(mapping)).toEqual([])
    expect(leads.map(({ numbers }) => numbers)).toEqual([[61491570006], [61491570110], [61491570156]])
    expect(leads[1]).toMatchObject({
      external_id: 'l:102',
      fields: { City: 'Köln', Email: 'zoe@example.com' },
    })
    expect(mapping.columns.find(({ column }) => column.startsWith('what_is'))!.target).toEqual({
      to: 'unmapped',
      key: 'what_is_your_budget?',
    })
  }
})

test('numbers alone: the Australian register, packed or not', async () => {
  const numbers = '0298765432\n(02) 9876 5433\n61298765434\n+61 2 9876 5435\n'
  const zip = folder.place()
  await writeZip(zip, [{ name: 'WASH_1.txt', content: numbers }])
  for (const path of [folder.put(numbers, 'WASH_1.dat'), zip]) {
    const { file, leads } = await take(path)
    expect(file.shape).toMatchObject({ delimiter: '', heading_row: null, columns: ['Column A'], guesses: [] })
    expect(leads.map(({ numbers }) => numbers?.[0])).toEqual([
      61298765432, 61298765433, 61298765434, 61298765435,
    ])
  }
})

test('area code and number in two columns: the registers of the United States and Canada', async () => {
  const { file, leads } = await take(folder.put('212,5550123\n416,5550124\n212,5550125\n299,5550126\n'), {
    ...rules,
    region: 'US',
  })
  expect(file.shape).toMatchObject({ delimiter: ',', heading_row: null })
  // One area code that the library does not know refuses nobody else.
  expect(leads.map(({ numbers }) => numbers?.[0])).toEqual([
    12125550123, 14165550124, 12125550125, 12995550126,
  ])
})

test('Hong Kong: eight digits, a type and a date', async () => {
  const { leads } = await take(folder.put('51234567,V,20260102\n61234568,V,20260103\n'), {
    ...rules,
    region: 'HK',
  })
  expect(leads.map(({ numbers }) => numbers)).toEqual([[85251234567], [85261234568]])
})

test("the source system's do-not-call upload, and several numbers in a row as Genesys has them", async () => {
  const upload = await folder.read(folder.put('Phone,Expires\n0298765432,2027-01-02\n0298765433,\n'))
  expect(upload.shape).toMatchObject({ heading_row: 1, columns: ['Phone', 'Expires'] })
  const { leads } = await take(
    folder.put(
      'home,mobile,expires\n0298765432,0491570006,2026-10-04T14:30Z\n0298765433,,2026-10-04T14:30Z\n',
    ),
  )
  expect(leads.map(({ numbers }) => numbers)).toEqual([[61298765432, 61491570006], [61298765433]])
})

test('Salesforce: everything quoted, both line ends inside of cells, lines of a report at the end', async () => {
  const text =
    '"First Name","Last Name","Mobile","Mailing Street","Description"\n' +
    '"Ann","Lee","0491 570 006","1 High Street\nUnit 2","says ""hi""\r\ntwice"\n' +
    '"Bob","Ng","0491 570 110","",""\n\n\n"Leads of June"\n"Copyright (c) 2000-2026 Example, inc. All rights reserved."\n"Confidential Information - Do Not Distribute"\n'
  const { file, mapping, leads } = await take(folder.put(text, 'report1696000000000.csv'))
  expect(file.rows).toHaveLength(2)
  expect(file.remarks).toContainEqual({ code: 'footer', column: null, count: 3, rows: [6, 7, 8] })
  expect(questionsIn(mapping)).toEqual([])
  expect(leads.map(({ numbers }) => numbers)).toEqual([[61491570006], [61491570110]])
  expect(leads[0]!.fields).toMatchObject({ Notes: 'says "hi"\ntwice' })
})

test('what Excel saves: Windows-1252 with semicolons, and "Unicode Text" under the name .csv', async () => {
  const german = 'Vorname;Nachname;Handy;PLZ;Geburtsdatum\r\nJürgen;Groß;="0491570006";06000;25.12.1980\r\n'
  const saved = await take(folder.put(Buffer.from(german, 'latin1'), 'excel-cp1252.csv'))
  expect(saved.file.shape).toMatchObject({ delimiter: ';', encoding: 'windows-1252', guesses: ['encoding'] })
  expect(questionsIn(saved.mapping)).toEqual([])
  expect(saved.leads).toMatchObject([
    { numbers: [61491570006], fields: { FirstName: 'Jürgen', LastName: 'Groß', BirthDate: '1980-12-25' } },
  ])
  const unicode = Buffer.from(`\ufeff${german.replaceAll(';', '\t')}`, 'utf16le')
  expect((await take(folder.put(unicode, 'leads.csv'))).leads).toMatchObject([
    { numbers: [61491570006], fields: { FirstName: 'Jürgen' } },
  ])
})

test('days that can be read both ways are the one question', async () => {
  const { mapping } = await take(folder.put('Mobile,DOB\n0491570006,03/04/1980\n0491570110,05/06/1981\n'))
  expect(questionsIn(mapping)).toEqual([{ about: 'days', is_mixed: false }])
})

test("a lead injector's file: what to do with each row, and where it goes", async () => {
  const path = folder.put(
    'njAction,njExternalLeadId,njAllocationName,njDisposition,Mobile\nMODIFY,A1,,Busy,<No Change>\nREALLOCATE,A2,North,Sale,0491570006\n',
  )
  const file = await folder.read(path)
  const mapping = guessMapping(file.shape, rules)
  expect(questionsIn(mapping)).toEqual([])
  const mapper = new RowMapper(mapping, file.shape.columns, rules, KEEPING)
  const [first, second] = file.rows.map(({ cells }) => mapper.read(cells))
  expect(first).toMatchObject({ action: 'modify', allocation: undefined })
  expect([...first!.entries.system.keys()].sort()).toEqual(['disposition', 'external_id'])
  expect(second).toMatchObject({ action: 'reallocate', allocation: 'North' })
})

import type { DayOrder } from '../../../src/core/day-order.ts'
import type { ColumnTarget } from '../../../src/core/mapping.ts'
import type { Confidence, MappingReason } from '../../../src/core/mapping-guess.ts'
import { count, figure } from './words.ts'

const columns = (n: number) => count(n, 'column', 'columns')

type SystemKey = Extract<ColumnTarget, { to: 'system' }>['key']
type RowKey = Extract<ColumnTarget, { to: 'row' }>['key']

/** What each column of a file is. */
export const mapping = {
  title: 'What each column is',
  intro: 'Each change is saved at once. Check the columns that say “Please look”.',
  table: 'Columns of the file',
  columns: { column: 'Your column', samples: 'First values', target: 'Goes to', why: 'How sure' },
  field_of: (column: string) => `What is ${column}?`,
  no_samples: 'empty',
  ready: (mapped: number, all: number) => `${figure(mapped)} of ${columns(all)} imported`,
  left_out: (n: number) => `${figure(n)} left out`,
  phone: (label: string) => `phone: ${label}`,
  no_phone: 'No column goes to a phone number. Rows for new leads would be refused.',
  from_earlier: 'An earlier file had the same headings, so its columns were taken over.',
  confidence: {
    sure: 'Sure',
    likely: 'Please look',
    none: 'Not a field',
    ours: 'Chosen',
  } satisfies Record<Confidence | 'ours', string>,
  reasons: {
    earlier: 'As in an earlier file',
    name: 'The name of the field',
    label: 'The label of the field',
    alias: 'Another name of the field',
    system_name: 'A known name',
    known_name: 'A usual name for this',
    similar: 'A similar name',
    content: 'The values look like it',
    code: 'A code in front of the number',
    nothing_fits: 'No field fits',
    empty: 'The column is empty',
    handed_out: 'Only Leadline sets this',
  } satisfies Record<MappingReason, string>,
  groups: { fields: 'Fields', lead: 'About the lead', row: 'About the row', other: 'Something else' },
  system: {
    lead_id: 'Lead ID',
    version: 'Version of the lead',
    external_id: 'External ID',
    source: 'Source',
    disposition: 'Outcome',
    priority: 'Priority',
    callback: 'Callback time',
    callback_agent: 'Agent of the callback',
    contact_hours: 'Contact hours',
  } satisfies Record<SystemKey, string>,
  row: {
    action: 'What the row asks for (ADD, MODIFY, REALLOCATE)',
    allocation: 'Name of the allocation',
  } satisfies Record<RowKey, string>,
  code: (of: string, plus: boolean) => `${plus ? 'Country code' : 'Area code'} of ${of}`,
  numbers: 'Several numbers, for the phone fields that are free',
  unmapped: (key: string) => `Keep with the lead as “${key}”`,
  new_field: (name: string) => `A new field “${name}”`,
  ignored: 'Leave out',
  days: 'How are days written?',
  days_open: 'Day or month first? The values can be read both ways.',
  days_mixed: 'Some values have the day first, others the month. Choose what most of them have.',
  day_orders: {
    ymd: '2026/11/30 (year first)',
    dmy: '30/11/2026 (day first)',
    mdy: '11/30/2026 (month first)',
    serial: '46356 (number of a spreadsheet)',
  } satisfies Record<DayOrder, string>,
  choose: 'Choose…',
  lost_zero: 'Put back the 0 in front that a spreadsheet dropped',
  digits: (n: number) => `Fill up with zeros to ${n} digits`,
  values: 'The field does not have these values. What do they mean?',
  value: (value: string) => `“${value}” means`,
  as_it_is: 'Leave as it is',
  yes: 'Yes',
  no: 'No',
  constants: 'The same for all rows',
  constants_intro: 'A value for what the file has no column for. Rows that have their own value keep it.',
  constant_field: 'Field',
  constant_value: 'Value',
  constant_add: 'Add a value',
  constant_remove: (label: string) => `Remove the value of ${label}`,
  remove: 'Remove',
  saving: 'Saving…',
  saved: 'Saved',
  unsaved: 'Not saved yet',
  answer_first: (column: string) => `Say first how days are written in ${column}.`,
} as const

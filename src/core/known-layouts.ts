// Files without headings whose columns are known all the same.

import { severalNumbers } from './several-numbers.ts'
import type { TableRow } from './table.ts'

/** The lead file of VICIdial. Its readers differ in what follows the comments. */
const VICIDIAL = [
  'vendor_lead_code',
  'source_id',
  'list_id',
  'country_code',
  'phone_number',
  'title',
  'first_name',
  'middle_initial',
  'last_name',
  'address1',
  'address2',
  'address3',
  'city',
  'state',
  'province',
  'postal_code',
  'country',
  'gender',
  'date_of_birth',
  'alt_phone',
  'email',
  'security_phrase',
  'comments',
]
/** Of its web page. */
const BY_PAGE = ['rank', 'owner']
/** Of its command line. */
const BY_COMMAND = ['called_count', 'status', 'entry_date', 'multi_alt_phones']
const LAST_REQUIRED = 22
const [CODE, NUMBER, GENDER, BIRTH] = [3, 4, 17, 18] as const

const isVicidial = ({ cells }: TableRow) =>
  cells.length >= LAST_REQUIRED &&
  /^\d{1,4}$/.test(cells[CODE]!.trim()) &&
  /^\d{6,15}$/.test(cells[NUMBER]!.trim()) &&
  /^[UMF]?$/i.test(cells[GENDER]!.trim()) &&
  /^(?:\d{4}-\d\d-\d\d)?$/.test(cells[BIRTH]!.trim())

const ENTRY_DATE = /^(?:\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?)?$/
const COUNT = /^\d*$/

/** Behind the comments, a row has what the command line writes. */
function isByCommand({ cells }: TableRow): boolean {
  const [calls = '', , entered = '', numbers = ''] = cells.slice(VICIDIAL.length).map((cell) => cell.trim())
  return (
    COUNT.test(calls) && ENTRY_DATE.test(entered) && (numbers === '' || severalNumbers(numbers) !== undefined)
  )
}

/** The names of the columns, as far as the layout has them; undefined: it is none that is known. */
export function knownLayout(rows: readonly TableRow[]): readonly string[] | undefined {
  if (rows.length === 0 || !rows.every(isVicidial)) return undefined
  const is_longer = rows.some(({ cells }) => cells.length > VICIDIAL.length + BY_PAGE.length)
  return [...VICIDIAL, ...(is_longer && rows.every(isByCommand) ? BY_COMMAND : BY_PAGE)]
}

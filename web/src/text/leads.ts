import type { Total } from '../api/listed.ts'
import { count, countOrMore, figure } from './words.ts'

export const leads = {
  title: 'Leads',
  create: 'New lead',
  bulk_changes: 'Bulk changes',
  search: 'Search leads',
  search_hint: 'Phone, name, lead id, external id or e-mail',
  search_key: '/',
  clear_search: 'Clear the search',
  filters: {
    label: 'Filters',
    clear: 'Clear all',
    remove: (what: string) => `Remove the filter ${what}`,
    apply: 'Apply',
    find: (name: string) => `Find: ${name.toLowerCase()}`,
    nothing: 'Nothing found',
    overdue: 'Overdue',
    today: 'Today',
    tomorrow: 'Tomorrow',
    week: 'Next 7 days',
    campaign: 'Campaign',
    allocation: 'Allocation',
    disposition: 'Outcome',
    callback: 'Callback',
    callback_from: 'From',
    callback_to: 'To',
    changed_by: 'Changed by',
    me: 'Me',
    of_file: 'Imported',
    has_conflict: 'Has a conflict',
    closed: 'State',
    closed_yes: 'Closed',
    closed_no: 'Open',
    from_to: (from: string | undefined, to: string | undefined) =>
      from && to ? `${from} to ${to}` : from ? `from ${from}` : `until ${to}`,
    chip: (name: string, value: string) => `${name}: ${value}`,
  },
  columns: {
    lead: 'Lead',
    name: 'Name',
    phones: 'Phone',
    disposition: 'Outcome',
    callback: 'Next try',
    campaign: 'Campaign',
    allocation: 'Allocation',
    priority: 'Priority',
    external_id: 'External id',
    source: 'Source',
    created: 'Created',
    changed: 'Changed',
  },
  sort: {
    label: 'Sort by',
    names: { newest: 'Newest first', changed: 'Last changed first', callback: 'Earliest callback first' },
    with_text: 'Search results are listed newest first.',
  },
  choose_columns: 'Columns',
  caption: 'Leads',
  hit_in: (label: string) => `${label}:`,
  none_yet: 'none yet',
  closed: 'Closed',
  conflict: (n: number) => count(n, 'conflict', 'conflicts'),
  blocked: {
    private: 'DNC',
    client: 'DNC client',
    campaign: 'DNC campaign',
    register: 'Register',
    unwashed: 'Unwashed',
  },
  phone_states: {
    ok: '',
    unlisted: '',
    invalid: 'not valid',
    wrong: 'wrong number',
    disconnected: 'disconnected',
  },
  more_phones: (n: number) => `+${figure(n)}`,
  no_number: 'no number',
  due: 'due',
  agreed: (callback: string) => `Callback: ${callback}`,
  in_zone: (local: string, zone: string) => `${local}, ${zone}`,
  /** "81 leads", "151–200 of 1,000+ leads"; behind a link into the middle "50 leads on this page". */
  found: ({
    before,
    rows,
    total,
  }: {
    before: number | undefined
    rows: number
    total: Total | undefined
  }) => {
    if (before === undefined) return `${count(rows, 'lead', 'leads')} on this page`
    const all = total ? countOrMore(total.count, !total.exact, 'lead', 'leads') : ''
    if (total?.exact && before === 0 && rows === total.count) return all
    const range = `${figure(before + 1)}–${figure(before + rows)}`
    return all ? `${range} of ${all}` : range
  },
  neighbours: {
    label: 'Leads of the list',
    next: 'Next lead',
    previous: 'Previous lead',
    place: (nth: number, total: Total | undefined) =>
      total
        ? `Lead ${figure(nth)} of ${figure(total.count)}${total.exact ? '' : '+'}`
        : `Lead ${figure(nth)}`,
  },
  selection: {
    all: (n: number) => `Select all ${count(n, 'lead', 'leads')} on this page`,
    one: (name: string, id: string) => (name === id ? `Select ${id}` : `Select ${name}, ${id}`),
    chosen: (n: number) => `${figure(n)} selected`,
  },
  stale_page: 'That link no longer works. This is the first page.',
  inside_words:
    'No lead has a word that begins like this. The search looks inside words, newest leads first.',
  previous: 'Previous',
  next: 'Next',
  pages: 'Pages',
  empty_title: 'No leads yet',
  empty: 'Leads arrive through the API and from files, or you create one here.',
  nothing_title: 'No leads match',
  nothing: 'Try fewer digits, a part of the name, or remove a filter.',
  so_far_title: 'Nothing found so far',
  so_far: 'Older leads are not searched yet.',
  search_on: 'Search older leads',
  nothing_clear: 'Clear search and filters',
  create_with: (typed: string) => `New lead with ${typed}`,
  loading: 'Loading leads…',
  keys: {
    search: 'Search',
    down: 'Next lead',
    up: 'Previous lead',
    open: 'Open the lead',
    select: 'Select the lead',
    create: 'New lead',
    next: 'Next page',
    previous: 'Previous page',
  },
} as const

// Loaded with the button.

import { countOrMore } from './words.ts'

/** Taking leads out of Leadline, as a file. */
export const exporting = {
  button: 'Export',
  title: 'Export leads',
  found: (leads: number, exact: boolean) =>
    leads === 0
      ? 'No leads match the search and its filters.'
      : `${countOrMore(leads, !exact, 'lead', 'leads')} match${exact && leads === 1 ? 'es' : ''} the search and its filters.`,
  rows: { label: 'A row for each', leads: 'Lead', calls: 'Call of these leads' },
  formats: { label: 'Format', xlsx: 'Excel workbook', csv: 'CSV', ndjson: 'JSON lines, for programs' },
  columns: 'Columns',
  /** What Leadline says of a lead, by the name of its column. */
  names: {
    lead_id: 'Lead',
    version: 'Version',
    external_id: 'External ID',
    campaign_id: 'Number of the campaign',
    campaign: 'Campaign',
    allocation_id: 'Number of the allocation',
    allocation: 'Allocation',
    disposition: 'Outcome',
    calls: 'Calls so far',
    closed: 'Closed',
    client_approved: 'Callback asked for by the customer',
    callback: 'Callback',
    callback_zone: 'Time zone of the callback',
    callback_at: 'Callback in UTC',
    callback_agent: 'Agent of the callback',
    priority: 'Priority',
    contact_hours: 'Contact hours',
    open_conflicts: 'Open conflicts',
    source: 'Source',
    created_way: 'Came in through',
    created_by: 'Came in by',
    created_at: 'Created',
    updated_at: 'Changed',
  } as Readonly<Record<string, string>>,
  note: 'The file holds personal data. The audit log keeps who exported which leads.',
  start: 'Download',
  cancel: 'Cancel',
  begun: 'Your browser is downloading the file. If the download fails, the file is not complete.',
} as const

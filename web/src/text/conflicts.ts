import { count } from './words.ts'

export const conflicts = {
  title: 'Conflicts',
  intro:
    'Updates that met another change of the same fields. Nothing of them is lost, and nothing has been overwritten.',
  table: 'Held updates',
  columns: { lead: 'Lead', from: 'From', wants: 'Wants to change', age: 'Waiting', state: 'State' },
  states: {
    open: 'Open',
    resolved: 'Settled',
    dismissed: 'Dismissed',
    superseded: 'Superseded',
    expired: 'Expired',
    forgotten: 'Lead deleted',
  },
  states_detail: {
    open: 'It waits for somebody to decide.',
    resolved: 'Somebody decided it.',
    dismissed: 'Somebody dismissed it: nothing of it was saved.',
    superseded: 'The same sender sent a newer update for the same fields.',
    expired: 'Nobody decided it in time.',
    forgotten: 'The lead was deleted.',
  },
  filter: 'State',
  of_lead: (id: string) => `Only lead ${id}`,
  all_leads: 'Show all leads',
  count: (n: number, more: boolean) => (more ? `${n} or more` : count(n, 'conflict', 'conflicts')),
  empty: {
    open: 'No update waits. When two changes meet, the later one is kept here.',
    other: 'There is none.',
  },
  no_clash: 'clashes no more',
  clashes: (n: number) => count(n, 'clash', 'clashes'),
  bulk: {
    apply: (n: number) => `Save ${count(n, 'update', 'updates')} that clash no more`,
    note: 'The change that blocked them has been undone since.',
    done: (n: number) => `${count(n, 'update', 'updates')} saved.`,
    failed: (n: number) => `${count(n, 'update', 'updates')} could not be saved. Open them one by one.`,
  },
  more: 'Show more',
  keys: { down: 'Next conflict', up: 'Previous conflict' },

  one: {
    title: (lead_id: string) => `Conflict of lead ${lead_id}`,
    document_title: (lead_id: string) => [`Conflict of lead ${lead_id}`, 'Conflicts'],
    back: 'Conflicts',
    open_lead: 'Open the lead',
    sent: (when: string, request: string) => `Sent ${when}, request ${request}.`,
    answered: 'The sender was answered 110 (LEAD_NOT_UPDATED_DUE_TO_CONFLICT).',
    expires: (when: string) => `Waits until ${when}.`,
    reason: (reason: string) => `Reason: ${reason}`,
    wanted: 'What it wanted',
    before: 'Before',
    saved: 'Settled and saved.',
    gone: 'This update does not wait any more.',
  },
} as const

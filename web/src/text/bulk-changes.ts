import type { BulkChange } from '../../../src/client/api.ts'
import type { KeepReason, SkipReason } from '../../../src/core/bulk-change.ts'
import { count, countOrMore, figure } from './words.ts'

const leads = (n: number) => count(n, 'lead', 'leads')

/** One change of many leads: the dialog that begins it, and how far it is. */
export const bulk_changes = {
  title: 'Bulk changes',
  back: 'Bulk changes',
  to_leads: 'Leads',
  intro: 'Changes of many leads at once. They go on when you leave this page.',
  empty: 'None yet. Select leads in the list, then choose what to do with them.',
  table: 'Bulk changes',
  columns: { what: 'Change', campaign: 'Campaign', state: 'State', leads: 'Leads', who: 'Who' },
  changed: (done: number, all: number) => `${figure(done)} of ${figure(Math.max(done, all))} changed`,
  unknown_campaign: 'another campaign',
  of_whom: (campaign: string | undefined, who: string) =>
    `${[campaign, `by ${who}`].filter(Boolean).join(' · ')} ·`,
  states: {
    running: 'Running',
    done: 'Done',
    cancelled: 'Stopped',
    stopped: 'Could not go on',
    undoing: 'Being undone',
    undone: 'Undone',
  } satisfies Record<BulkChange['state'], string>,
  /** As a heading. `to`: the allocation, as far as it is known. */
  what: {
    disposition: (outcome: string) => `Set outcome to ${outcome}`,
    move: (to: string) => `Move to ${to}`,
    dnc: (list: string) => `Put numbers on ${list}`,
    forget: 'Forget leads',
  },
  lists: {
    private: 'the private do-not-call list',
    client: 'the client do-not-call list',
    campaign: 'the do-not-call list of the campaign',
  },

  dialog: {
    titles: {
      outcome: 'Set the outcome',
      move: 'Move leads',
      dnc: 'Do not call',
      forget: 'Forget leads',
    },
    these: (n: number) => `${leads(n)} selected.`,
    whole: 'All leads that this search finds.',
    several: 'These leads belong to several campaigns. Select leads of one campaign.',
    one_campaign: 'Leads are changed within one campaign. Choose a campaign in the filters first.',
    too_many: (max: number) => `Select ${figure(max)} leads at most, or all that the search finds.`,
    counting: 'Counting',
    nothing: 'No lead would change.',
    changes: (n: number, exact: boolean) =>
      `${countOrMore(n, !exact, 'lead changes', 'leads change')}${exact ? '' : ', too many to count them all'}.`,
    left: (n: number, exact: boolean) =>
      `${countOrMore(n, !exact, 'lead stays as it is', 'leads stay as they are')}:`,
    submit: {
      outcome: (n: string) => `Set outcome of ${n}`,
      move: (n: string) => `Move ${n}`,
      dnc: (n: string) => `Put numbers of ${n} on the list`,
      forget: (n: string) => `Forget ${n}`,
    },
    leads: (n: number, exact: boolean) => countOrMore(n, !exact, 'lead', 'leads'),
    leads_unknown: 'leads',
    outcome: {
      label: 'Outcome',
      choose: 'Choose an outcome',
      none: 'The campaign of these leads has no outcome that can be given.',
      callback: 'Call back at',
      callback_zone: (zone: string) => `Time in ${zone}, the same for all of these leads.`,
      kinds: {
        retry: 'Logs a call for each lead. They are called again after the time that this outcome sets.',
        callback: 'Logs a call for each lead. They are called again at this time.',
        client_callback: 'Logs a call for each lead. They are called again at this time, as promised.',
        final: 'Logs a call for each lead, and closes them. They are not called again.',
        dnc: 'Closes the leads and puts their numbers on the private do-not-call list. This cannot be undone.',
      },
    },
    move: {
      label: 'To allocation',
      choose: 'Choose an allocation',
      only_one: 'Their campaign has no other allocation.',
    },
    dnc: {
      list: 'List',
      lists: {
        private: 'Private: for all campaigns',
        client: 'Client: despite a campaign list',
        campaign: 'Campaign: for this one alone',
      },
      reason: 'Reason (optional)',
      no_undo: 'Numbers stay on the list until somebody removes them.',
    },
    forget: {
      what: 'Names, numbers, history and notes are deleted for good. This cannot be undone.',
      confirm: (n: number) => `Type ${figure(n)} to confirm`,
      narrow: 'These are too many leads to count. Narrow the search before you forget leads.',
      changed: 'The leads have changed since they were counted. Look at the new number, then confirm it.',
    },
  },

  progress: {
    label: 'Leads handled',
    of: (done: number, all: number, exact: boolean) =>
      exact ? `${figure(done)} of ${leads(all)}` : `${leads(done)}, ${figure(all)} at least`,
    undoing: (done: number, all: number) => `${figure(done)} of ${leads(all)} looked at`,
    goes_on: 'It goes on when you leave this page.',
    done: (n: number) => (n === 0 ? 'Done. No lead changed.' : `Done: ${leads(n)} changed.`),
    cancelled: (n: number) => `Stopped: ${leads(n)} had changed by then.`,
    undone: (n: number) => `Undone: ${count(n, 'lead is', 'leads are')} as before.`,
    stopped: (n: number) => `It could not go on. ${leads(n)} had changed by then.`,
    why_stopped: (detail: string) => `The server says: ${detail}.`,
    skipped: (n: number) => `${count(n, 'lead was left as it is', 'leads were left as they are')}:`,
    kept: (n: number) => `${count(n, 'lead was', 'leads were')} not taken back:`,
    stop: 'Stop',
    undo: 'Undo',
    undo_note: {
      disposition: 'Gives back what the leads had, if nobody has touched them since. The logged calls stay.',
      move: 'Moves the leads back, if nobody has touched them since.',
    },
    close: 'Close',
    page: 'Open its page',
  },

  skips: {
    leased: (n: number) => `${figure(n)} in a call now`,
    there: (n: number) => `${figure(n)} in that allocation already`,
    no_number: (n: number) => `${figure(n)} without a number`,
    listed: (n: number) => `${figure(n)} with all numbers on the list already`,
    changed: (n: number) => `${figure(n)} changed meanwhile and no longer in this search`,
    refused: (n: number) => `${figure(n)} with values that do not allow it`,
  } satisfies Record<SkipReason, (n: number) => string>,
  keeps: {
    touched: (n: number) => `${figure(n)} changed by somebody since`,
    leased: (n: number) => `${figure(n)} in a call now`,
    gone: (n: number) => `${figure(n)} forgotten since`,
    no_place: (n: number) => `${figure(n)} from an allocation that is archived now`,
    refused: (n: number) => `${figure(n)} with values that the set-up no longer allows`,
  } satisfies Record<KeepReason, (n: number) => string>,
} as const

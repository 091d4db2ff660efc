import { count } from './words.ts'

const numbers = (n: number) => count(n, 'number', 'numbers')

/** Numbers that must not be called: checking one, the lists, adding and removing. */
export const dnc = {
  title: 'Do not call',
  add: 'Add numbers…',
  remove: 'Remove numbers…',

  check: {
    title: 'Check a number',
    intro: 'Any spelling works, such as 0412 345 678 or +61 412 345 678.',
    number: 'Number',
    campaign: 'Campaign',
    any_campaign: 'All campaigns',
    submit: 'Check',
    blocked_title: (number: string) => `Do not call ${number}`,
    free_title: (number: string) => `${number} can be called`,
    blocked: 'It must not be called, in any campaign.',
    blocked_in: (campaign: string) => `It must not be called in ${campaign}.`,
    despite: 'It is on the client list, so the list of a campaign does not block it.',
    except: (campaigns: string) => `Except in ${campaigns}.`,
    never: 'It is not on a list, and never was.',
    past: 'It was on a list before.',
    entries: (number: string) => `Entries of ${number}`,
  },

  list: {
    title: 'The lists',
    intro: 'Newest change first.',
    filters: 'Filters',
    list: 'List',
    any_list: 'All lists',
    campaign: 'Campaign',
    any_campaign: 'All campaigns',
    state: 'Entries',
    states: { counts: 'That count now', past: 'Removed or ended', all: 'All' },
    table: 'Do-not-call entries',
    empty: 'No numbers are on a list yet. Nobody is called whose number is on the private list.',
    nothing: 'No entries match these filters.',
    columns: { number: 'Number', list: 'List', added: 'Added', reason: 'Reason', state: 'Until' },
  },

  lists: {
    private: 'Private',
    client: 'Client',
    campaign: 'Campaign',
    wash: 'Wash',
  },
  of_campaign: (campaign: string) => `Campaign · ${campaign}`,
  unknown_campaign: 'another campaign',

  entry: {
    added: (when: string, who: string) => `${when}, by ${who}`,
    source: (source: string) => `Source: ${source}`,
    for_good: 'For good',
    until: (day: string) => `To the end of ${day}`,
    ended: (day: string) => `Ended ${day}`,
    removed: (day: string, who: string) => `Removed ${day}, by ${who}`,
    removed_reason: (reason: string) => `Reason: ${reason}`,
    remove: 'Remove…',
    remove_of: (number: string, list: string) => `Remove ${number} from the list ${list}`,
    hidden: 'Only the team that added it sees the reason.',
  },

  kinds: {
    private: 'Private list: no campaign calls the number',
    campaign: 'List of a campaign: this campaign does not call it',
    client: 'Client list: an existing client, who can be called although a campaign’s list has the number',
  },

  numbers: {
    add_title: 'Add numbers',
    remove_title: 'Remove numbers',
    list: 'Which list?',
    campaign: 'Campaign',
    numbers: 'Numbers',
    hint: 'One on each line, in any spelling.',
    hint_max: (max: number) => `One on each line, in any spelling; ${numbers(max)} at most.`,
    too_many: (n: number, max: number) =>
      `These are ${numbers(n)}. Enter ${max} at most, then add the rest. A manager without a team can add more.`,
    reason: 'Reason',
    reason_add: 'Optional. Everyone who may see the entry sees it.',
    reason_remove: 'It stays on record with the entry.',
    until: 'Last day',
    until_hint: 'Leave it empty to keep the numbers on the list for good.',
    add: (n: number) => (n === 0 ? 'Add' : `Add ${numbers(n)}`),
    remove: (n: number) => (n === 0 ? 'Remove' : `Remove ${numbers(n)}`),
    close: 'Close',
    again: 'More numbers',
    results: 'Result of each line',
    added: 'Added',
    listed: 'On the list already',
    removed: 'Removed',
    not_listed: 'Not on this list',
    /** "3 added · 1 on the list already · 2 to fix" */
    sum: (parts: readonly (readonly [n: number, what: string])[]) =>
      parts
        .filter(([n]) => n > 0)
        .map(([n, what]) => `${n} ${what.toLowerCase()}`)
        .join(' · '),
    to_fix: 'To fix',
    fix_note: 'The lines to fix are still in the box. Correct them, then send them again.',
    more: (n: number) => `and ${n} more lines like these`,
  },
} as const

import { count } from './words.ts'

/** What the screens of set-up share. */
export const set_up = {
  unsaved: (n: number) => count(n, 'unsaved change', 'unsaved changes'),
  discard: 'Discard',
  review: 'Review and save',
  save_keys: 'Review the changes',
  review_title: 'Save these changes?',
  save: 'Save',
  back: 'Back',
  cancel: 'Cancel',
  columns: { what: 'What', before: 'Now', after: 'New' },
  table: 'Changes',
  reaches: (n: number) =>
    n === 0 ? 'No leads are affected.' : `${leads(n)} ${n === 1 ? 'is' : 'are'} affected.`,
  saved: 'Saved.',
  leave: {
    title: 'Leave without saving?',
    says: 'Your changes on this page are not saved.',
    stay: 'Stay here',
    go: 'Leave without saving',
  },
  met_title: 'Somebody else changed this meanwhile',
  met: 'Their changes are saved; yours are kept below. Look at both, then save.',
  met_nothing: 'Nothing that this page shows is different now.',
  met_table: 'Their changes',
  met_columns: { what: 'What', before: 'Before', after: 'Now' },
  met_again:
    'Somebody else changed this meanwhile, and nothing was written. Close this, look at it, then try again.',
  moved: (name: string) =>
    `Somebody else changed ${name} meanwhile. You see it as it is now; do it again if you still want to.`,
  only_managers: 'Only a manager can change this.',
  of_everybody: 'It is Global: every team uses it, so only a manager without a team can change it.',
  team: 'Team',
  refused_title: 'Couldn’t save',
  /** In a row, each with its full stop. */
  sentences: (said: readonly string[]) =>
    said
      .filter((one) => one !== '')
      .map((one) => (one.endsWith('.') ? one : `${one}.`))
      .join(' '),
  archived: 'Archived',
  nothing: 'none',
  yes: 'yes',
  no: 'no',
  more: (name: string) => `More for ${name}`,
  gone_title: 'Not found',
  gone: 'It was deleted, or it belongs to another team.',
} as const

const leads = (n: number) => count(n, 'lead', 'leads')

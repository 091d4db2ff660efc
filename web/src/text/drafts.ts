import { count } from './words.ts'

export const drafts = {
  title: 'My drafts',
  none: 'You have no drafts. What you type into a lead stays here until you save it.',
  kept: 'Only you can read your drafts, on this device. They are deleted after 14 days.',
  new_lead: 'New lead',
  conflict: 'Decisions on a conflict',
  open: (name: string) => `Open the draft of ${name}`,
  discard: 'Discard',
  discard_one: (name: string) => `Discard the draft of ${name}`,
  discarded: (name: string) => `The draft of ${name} is discarded.`,
  undo: 'Undo',
  leave: {
    title: 'Sign out with unsaved changes?',
    what: (n: number) => `You have ${count(n, 'draft', 'drafts')} on this device:`,
    keeping: 'Kept drafts are encrypted. They open when you sign in here again.',
    cannot_keep:
      'Drafts cannot be kept for you here, because this page is not secured by HTTPS. Save them first, or discard them.',
    keep: 'Keep drafts and sign out',
    discard: 'Discard drafts and sign out',
    stay: 'Stay signed in',
    still_here: 'You are still signed in',
  },
} as const

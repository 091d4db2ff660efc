// The texts of the callbacks that are kept for an agent.

import { count } from './words.ts'

export const callbacks = {
  title: 'My callbacks',
  intro:
    'Callbacks that are kept for you, in your own time. When one is due, Next lead offers it to you, and 15 minutes later to anybody. If you open one here to call it, others see that you are there, but a dialler can still get it.',
  none_title: 'No callbacks are kept for you',
  none: 'Choose “Keep this callback for me” with an outcome, and it appears here.',
  overdue: 'Overdue',
  today: 'Today',
  later: 'Later',
  on_day: (day: string) => `On ${day}`,
  none_on_day: 'No callbacks of yours on this day.',
  all_days: 'Show all days',
  calendar: 'By day',
  count: (n: number) => count(n, 'callback', 'callbacks'),
  more: 'These are the earliest ones. There may be later ones, which come up here in time.',
  table: (section: string) => `Callbacks: ${section}`,
  columns: { when: 'When', lead: 'Lead', outcome: 'Last outcome', what: 'What you can do' },
  there: (when: string, place: string) => `${when} in ${place}`,
  promised: 'Promised',
  open: 'Open and call',
  open_one: (name: string) => `Open and call ${name}`,
  move: 'Move',
  move_one: (name: string) => `Move the callback of ${name}`,
  move_title: (name: string) => `When to call ${name}`,
  move_submit: 'Move the callback',
  callback: 'Callback',
  moved: (name: string, when: string) => `${name}: the callback is moved to ${when}.`,
  needs_time: 'Enter a day and a time, like 30 Nov 10:00.',
  meanwhile: 'Somebody else has just changed this callback. Look at the lead first.',
  look: 'Open the lead',
} as const

/** Inputs of days and times. */
export const date_field = {
  pick: 'Open the calendar',
  calendar: 'Calendar',
  previous: 'Previous month',
  next: 'Next month',
  week: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  time: 'Time',
  done: 'Done',
  unreadable: 'Enter a day, like 30 Nov 2026 or tomorrow.',
  unreadable_time: 'Enter a day and a time, like 30 Nov 10:00 or tomorrow 9:00.',
  hint: '30 Nov 2026',
  hint_time: '30 Nov 10:00',
} as const

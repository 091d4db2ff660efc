import { count, figure } from './words.ts'

const numbers = (n: number) => count(n, 'number', 'numbers')
const days = (n: number) => count(n, 'day', 'days')

/** The washes of an allocation. */
export const washes = {
  title: 'Wash',
  intro:
    'A do-not-call register says which numbers may be called. Callbacks that people asked for need none.',
  not_needed: 'This allocation is called without a wash.',
  unwashed: 'Nobody is called until a register has answered.',
  washed: (until: string, left: number) => `Washed until ${until}, ${days(left)} from now.`,
  ends_soon: (until: string, left: number) =>
    `The wash ends on ${until}, ${left <= 1 ? 'within a day' : `${days(left)} from now`}. Wash again so that calls go on.`,
  over: (when: string) => `The wash ended on ${when}. Nobody is called until a register has answered again.`,
  make: 'Wash…',
  no_permission: 'A team lead or a manager can wash it.',
  table: 'Washes, newest first',
  columns: { register: 'Register', when: 'Made', result: 'Result' },
  empty: 'No register was asked yet.',
  registers: {
    au: 'Australia: Do Not Call Register',
    gb: 'United Kingdom: TPS',
    us: 'United States: National Do Not Call Registry',
    international: 'Another register, with +61… numbers',
    loop_back: 'For tries: lists every second number',
  },
  states: {
    collecting: 'Collecting the numbers…',
    asked: (asked: number) => `${numbers(asked)} to ask about. Download them, then upload the answer.`,
    done: (listed: number, clear: number) => `${figure(listed)} listed · ${figure(clear)} clear`,
    unknown: (n: number) => `${numbers(n)} without a result: not called`,
    cancelled: 'Cancelled',
  },
  outside: (n: number) => `${numbers(n)} of other countries: called`,
  counts: 'Counts now',
  download: 'Download numbers',
  download_of: (id: number) => `Download numbers of wash ${id}`,
  download_needs: 'A manager can download the numbers.',
  answer: 'Upload the answer…',
  answer_of: (id: number) => `Upload the answer of wash ${id}`,
  cancel: 'Cancel',
  cancel_of: (id: number) => `Cancel wash ${id}`,
  cancelled: 'The wash is cancelled.',

  new: {
    title: (name: string) => `Wash ${name}`,
    hides: 'Nobody is called there until the register has answered, except people who asked for a call.',
    goes_on: 'The wash that counts now goes on counting until this one is answered.',
    register: 'Register',
    days: 'How many days does the answer count?',
    days_hint: 'Counted from today. The rules of the register say how long.',
    start: 'Start the allocation when it is washed',
    submit: 'Wash',
    made: 'The numbers are being collected.',
  },
  bring: {
    title: (id: number) => `Answer of wash ${id}`,
    file_hint: 'The file that the register gave you: CSV, text or Excel, also zipped.',
    holds: 'What is in the file?',
    kinds: {
      results: 'All numbers, with a result each',
      listed: 'Only the numbers on the register',
      clear: 'Only the numbers that may be called',
    },
    hints: {
      results: 'A column says Y or N, or words like them.',
      listed: 'All others of this wash may be called.',
      clear: 'All others of this wash are not called.',
    },
    submit: 'Upload',
    done: (n: number) => `${numbers(n)} answered`,
    counts: 'The answer counts from now on.',
    failed: 'The answer was not taken. Nothing has changed.',
    cancelled: 'The answer was cancelled. Nothing has changed.',
    goes_on: 'You can close this. The work goes on.',
    comparing: (n: number) => `Comparing ${numbers(n)} with the wash`,
  },
} as const

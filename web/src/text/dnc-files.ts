import { count, figure } from './words.ts'

const rows = (n: number) => count(n, 'row', 'rows')
const numbers = (n: number) => count(n, 'number', 'numbers')

/** Files of numbers for the do-not-call lists. */
export const dncFiles = {
  open: 'Import a file…',
  title: 'Import a file',
  file: 'File',
  file_hint:
    'CSV, text or Excel, also zipped, 1 GB at most. It needs a column Phone, or a number on each line.',
  too_large: 'This file is larger than 1 GB.',
  blank: 'This file is empty.',
  list: 'Which list?',
  campaign: 'Campaign',
  mode: 'What about the numbers that earlier files brought?',
  modes: {
    add: 'Keep them, and add these',
    replace: 'Replace them with these',
  },
  mode_hints: {
    add: '',
    replace: 'Numbers that people added stay.',
  },
  reason: 'Reason',
  reason_hint: 'Optional. It is shown with each number.',
  import: 'Import',
  cancel_import: 'Cancel the import',
  close: 'Close',
  sent: (percent: number) => `${percent} % sent. Keep this page open until the file is sent.`,
  waiting: 'The connection was lost. The sending goes on by itself when it is back.',
  gone: 'The file can no longer be read on this computer: it was changed, moved or removed. Choose it again.',
  progress: 'Progress',
  goes_on: 'You can close this. The import goes on, and is listed under Files.',
  /** What a file is doing, or what came of it. */
  states: {
    uploading: 'Not fully sent: import the same file again, and it goes on',
    waiting: 'Waiting for another file of this list',
    reading: (n: number) => `Reading: ${rows(n)} so far`,
    comparing: (n: number) => `Comparing ${numbers(n)} with the list`,
    done: (added: number, removed: number | null) =>
      [`${figure(added)} added`, ...(removed === null ? [] : [`${figure(removed)} removed`])].join(' · '),
    failed: 'Not imported',
    cancelled: 'Cancelled',
  },
  done: 'The file counts from now on.',
  failed: 'The file was not imported. Nothing has changed.',
  cancelled: 'The import was cancelled. Nothing has changed.',
  rejected: (n: number) => `${rows(n)} could not be taken`,
  rejected_why: (n: number) =>
    `${rows(n)} could not be taken. Download them, correct them, and import that file.`,
  download: 'Download these rows',
  download_of: (file: string) => `Download these rows of ${file}`,
  download_name: (file: string) => `rows-to-correct-${file.replace(/\.[^.]*$/, '')}.csv`,
  problems: {
    empty: 'The file has no rows.',
    unknown_format: 'This file does not hold a table. Save it as CSV or Excel (.xlsx).',
    other_spreadsheet: 'This kind of spreadsheet cannot be read. Save it as CSV or Excel (.xlsx).',
    encrypted: 'The file has a password. Save it without one.',
    damaged: 'The file is damaged. Download or save it again.',
    none_taken: 'No row has a number. Look at the rows, and correct them.',
    no_numbers: 'No column holds numbers. Name that column Phone.',
    change_list: 'This is a list of changes. Download the whole list instead.',
    too_large: 'The file holds too much.',
    no_results:
      'No column says which numbers are on the register. Choose what is in the file, or bring the one with the results.',
    not_asked: 'The file has numbers that this wash did not ask about. Bring the answer to this wash.',
    too_late: 'The answer came after its days were over. Make a new wash.',
  } as Readonly<Record<string, string>>,

  files: {
    title: 'Files',
    intro: 'Newest first.',
    table: 'Imported files',
    empty:
      'No file was imported yet. A register or a list of your own can be imported, with any number of rows.',
    columns: { name: 'File', list: 'List', when: 'Imported', result: 'Result' },
    replaced: 'Replaced earlier files',
    cancel: 'Cancel',
    cancel_of: (file: string) => `Cancel the import of ${file}`,
  },
} as const

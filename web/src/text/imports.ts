import type { DuplicateWay, ImportMode, ImportState, RowFate, UndoFate } from '../../../src/core/import.ts'
import type { Guess, TableFormat } from '../../../src/core/table.ts'
import { count, figure, LANGUAGE } from './words.ts'

const rows = (n: number) => count(n, 'row', 'rows')
const columns = (n: number) => count(n, 'column', 'columns')

const one_digit = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 })

/** "640 kB", "12.4 MB" */
export const bytes = (n: number) =>
  n < 1_000_000 ? `${figure(Math.ceil(n / 1_000))} kB` : `${one_digit.format(n / 1_000_000)} MB`

/** The keys of a part of the catalogue, in its order: it has one for each. */
export const keysOf = <Key extends string>(said: Readonly<Record<Key, unknown>>) => Object.keys(said) as Key[]

/** Files of leads: where they go, what is in them, what becomes of each row. */
export const imports = {
  title: 'Imports',
  back: 'Imports',
  begin: 'Import a file',
  intro:
    'Files of leads, newest first. Everybody who may import can go on with an import that somebody else began.',
  table: 'Imports',
  columns: { name: 'File', campaign: 'Campaign', state: 'State', rows: 'Rows', who: 'Begun' },
  filters: 'Filters',
  campaign: 'Campaign',
  any_campaign: 'All campaigns',
  unknown_campaign: 'another campaign',
  empty:
    'No file has been imported yet. Choose a CSV file or an Excel workbook with leads, and see what would become of each row before anything is added.',
  none_of_campaign: 'No file has been imported into this campaign yet.',
  by: (who: string) => `by ${who}`,
  no_rows_yet: 'Not read yet',
  rows,
  rows_of: (n: number, all: number) => `${figure(n)} of ${rows(all)}`,
  no_campaigns: 'Add a campaign with an allocation first: leads are imported into one.',
  to_campaigns: 'Go to the campaigns',

  states: {
    uploading: 'Uploading',
    reading: 'Reading the file',
    unreadable: 'Cannot be read',
    read: 'Not started',
    checking: 'Checking',
    fixing: 'Correcting rows',
    running: 'Running',
    paused: 'Paused',
    done: 'Done',
    cancelled: 'Cancelled',
    undoing: 'Undoing',
    undone: 'Undone',
  } satisfies Record<ImportState, string>,

  steps: {
    name: 'Steps of the import',
    target: 'Target',
    file: 'File',
    columns: 'Columns',
    check: 'Check',
    run: 'Run',
    report: 'Report',
    done: 'done',
  },
  next: { target: 'Next: the file', file: 'Next: the columns', columns: 'Next: check the rows' },
  previous: 'Back',
  refused: 'This cannot be done',

  cancel: {
    open: 'Cancel the import…',
    title: 'Cancel this import?',
    before: 'No row was imported yet, and none will be. The uploaded file is removed.',
    after: (n: number) =>
      `The ${rows(n)} that were handled already stay as they are. The other rows are left out.`,
    submit: 'Cancel the import',
    keep: 'Go on with it',
    done: 'The import was cancelled.',
  },
  busy: {
    checking: {
      title: 'The rows are being checked',
      what: 'Nothing can be changed meanwhile. Stop the check, or wait until it has ended.',
      stop: 'Stop the check',
    },
    fixing: {
      title: 'Rows are being corrected',
      what: 'Nothing else can be changed meanwhile. Stop the correction, or wait until it has ended.',
      stop: 'Stop the correction',
    },
  },

  target: {
    title: 'Where the leads go',
    campaign: 'Campaign',
    campaign_fixed: 'The campaign of an import stays. Begin another import for another campaign.',
    allocation: 'Allocation',
    allocation_hint: 'New leads go there, unless a column of the file names another allocation.',
    choose: 'Choose…',
    no_allocation: 'None: the file only updates leads',
    none_open: 'This campaign has no allocation that takes leads. Add one on the page of the campaigns.',
    mode: 'What the rows are',
    modes: {
      insert: ['New leads', 'A row whose external ID is there already is refused.'],
      upsert: [
        'New leads, and updates of leads that are there',
        'Rows find their lead by its external ID or lead ID. Rows without a lead become new ones.',
      ],
      update: [
        'Updates only',
        'Rows find their lead by its lead ID, external ID or number. Rows without a lead are refused.',
      ],
    } satisfies Record<ImportMode, [string, string]>,
    duplicates: 'When another lead of the campaign has the number of a new one',
    ways: {
      reject: ['Refuse the row', 'The lead that is there stays as it is.'],
      update: ['Update that lead', 'The values of the row are written into the lead that is there.'],
      move: ['Move that lead', 'The lead that is there goes to the allocation and keeps its values.'],
    } satisfies Record<DuplicateWay, [string, string]>,
    saved: 'Saved',
  },

  file: {
    title: 'The file',
    intro:
      'CSV and other text files, Excel workbooks (.xlsx, .xls), and these in a ZIP or GZ archive; 1 GB at most.',
    choose: 'Choose a file…',
    chosen: 'File of leads',
    drop: 'or drop it here',
    paste: 'Paste rows instead',
    paste_label: 'Rows with their headings, as copied from a spreadsheet',
    paste_submit: 'Import these rows',
    pasted_name: 'Pasted rows.tsv',
    empty_file: 'This file is empty. Choose another one.',
    too_large: 'This file is larger than 1 GB. Split it, or compress it as a ZIP file.',
    needs_allocation: 'Choose an allocation first.',
    upload: 'Uploading',
    uploaded: (done: string, all: string) => `${done} of ${all}`,
    waiting: 'The connection was lost. The upload goes on by itself when it is back.',
    go_on_title: 'The upload was interrupted',
    go_on: (name: string, percent: number) =>
      `${percent} % of ${name} are here. Choose the same file again, and the rest is uploaded.`,
    other_file: (name: string, size: string) =>
      `This is another file. Choose ${name} (${size}), or begin a new import.`,
    elsewhere: 'If somebody else is uploading it right now, there is nothing to do: this page follows.',
    gone: 'The file can no longer be read on this computer: it was changed, moved or removed. Choose it again.',
    failed: 'The upload has stopped',
    reading: 'Reading the file…',
    unreadable: 'This file cannot be read',
    try_other: 'Begin with another file',
    read_again: 'Read it again as chosen below',
  },

  found: {
    title: 'What was found',
    intro: 'Correct it here if the first rows below look wrong.',
    format: 'Format',
    formats: {
      text: 'Text (CSV)',
      xlsx: 'Excel workbook',
      xls: 'Excel 97–2003 workbook',
      html: 'Table of a web page',
      xml: 'Register of numbers (XML)',
    } satisfies Record<TableFormat, string>,
    packed: (format: string, pack: string) => `${format}, in a ${pack.toUpperCase()} archive`,
    size: (n: number, of: number) => `${rows(n)}, ${columns(of)}`,
    file: 'File of the archive',
    sheet: 'Sheet',
    encoding: 'Encoding',
    delimiter: 'Between cells',
    delimiters: {
      ',': 'Comma',
      ';': 'Semicolon',
      '\t': 'Tab',
      '|': 'Vertical bar',
      '': 'Nothing: one column',
    },
    heading_row: 'Headings',
    heading_at: (n: number) => `Row ${figure(n)}`,
    no_headings: 'The file has none',
    guessed: 'This is a guess. Please look.',
    guesses: ['encoding', 'delimiter', 'heading'] satisfies Guess[],
    first_rows: 'The first rows',
    row: 'Row',
    same_title: 'This file was imported before',
    same: (name: string, n: number, who: string, when: string) => `${name}, ${rows(n)}, by ${who}, ${when}`,
    somebody: 'somebody',
    same_advice: 'Go on only if it is meant: leads may come in twice or be overwritten.',
    remarks: 'Worth knowing about this file',
    remark: (column: string | null, sentence: string) =>
      column === null ? sentence : `${column}: ${sentence}`,
    remark_rows: (n: number, first: number) => `${count(n, 'time', 'times')}, first in row ${figure(first)}`,
  },

  check: {
    title: 'What would become of each row',
    intro: 'The check judges every row as the import will, and changes no lead.',
    begin: (n: number) => `Check ${rows(n)}`,
    again: 'Check again',
    edited: (n: number) => `${rows(n)} not checked yet.`,
    stop: 'Stop the check',
    progress: 'Checked so far',
    halted: 'The check stopped before its end. Look at the target of the import, then check again.',
    start_title: 'Start the import',
    start_intro: 'Good rows are imported, refused ones are kept for you to download.',
    limit: 'Pause when more than this share of the rows is refused, in percent',
    limit_hint: 'Leave it empty to never pause.',
    start: (n: number) => `Import ${rows(n)}`,
  },

  tiles: {
    name: 'What the rows come to. Choose one to list its rows.',
    all: 'All rows',
    fates: {
      created: 'New leads',
      updated: 'Leads updated',
      unchanged: 'Nothing to change',
      moved: 'Leads moved',
      held: 'Wait for a decision',
      rejected: 'Refused',
    } satisfies Record<RowFate, string>,
    pending: 'Not checked',
    waiting: 'Still to come',
    other: (code: number) => `Refused (${code})`,
  },

  rows_shown: {
    title: 'Rows',
    table: 'Rows of the file',
    row: 'Row',
    outcome: 'What becomes of it',
    came: 'What came of it',
    fates: {
      created: 'New lead',
      updated: 'Lead updated',
      unchanged: 'Nothing to change',
      moved: 'Lead moved',
      held: 'Waits for a decision',
      rejected: 'Refused',
    } satisfies Record<RowFate, string>,
    pending: 'Not checked yet',
    pending_run: 'Not imported yet',
    other_row: (n: number) => `Row ${figure(n)} of the file has the same number or external ID.`,
    duplicate: 'Another lead of the campaign has this number.',
    external_id: 'Another lead of the campaign has this external ID.',
    not_found: 'The campaign does not have this lead.',
    fault: 'Leadline failed at this row. Send its number to whoever looks after Leadline.',
    lead: 'Open the lead',
    lead_of: (row: number) => `Open the lead of row ${row}`,
    conflict: 'Open the conflict',
    conflict_of: (row: number) => `Open the conflict of row ${row}`,
    edit: 'Edit',
    edit_of: (row: number) => `Edit row ${row}`,
    save: 'Save',
    cancel: 'Cancel',
    about: (column: string, sentence: string) => `${column}: ${sentence}`,
    cell: (column: string, row: number) => `${column}, row ${row}`,
    bad_cell: 'Wrong:',
    saved: (row: number, fate: string) => `Row ${row} was saved: ${fate.toLowerCase()}.`,
    none: 'No rows here.',
    gone: 'The rows of this import were removed after some time. The numbers stay.',
  },

  run: {
    title: 'The import is running',
    paused_title: 'The import is paused',
    safe: 'You can close this page. The import goes on by itself.',
    progress: 'Imported so far',
    rate: (n: number) => `${rows(n)} a second`,
    left: (time: string) => `about ${time} left`,
    pause: 'Pause',
    resume: 'Resume',
    limit_reached: (n: number, of: number, percent: string) =>
      `${figure(n)} of ${figure(of)} rows were refused, which is more than ${percent} %. Raise the limit or empty it, then resume; or cancel the import and correct the file.`,
    halted: 'It cannot go on at the moment. Look at the target of the import, then resume.',
  },

  report: {
    title: 'What came of the rows',
    done: (n: number) => `${rows(n)} were handled.`,
    cancelled_before: 'This import was cancelled before any row was imported.',
    cancelled_after: (n: number, all: number) =>
      `This import was cancelled after ${figure(n)} of ${rows(all)}. What was imported by then stays.`,
    by: (who: string, when: string) => `Begun by ${who}, ${when}.`,
    downloads: 'Downloads',
    formats: { csv: 'CSV', xlsx: 'Excel' },
    files: {
      rejects: (format: string) => `Refused rows (${format})`,
      results: (format: string) => `Result of every row (${format})`,
    },
    rejects_hint:
      'The refused rows have your columns, and the reason of each. Correct them in that file, and import it: its columns are known by then.',
    leads: 'Leads that it made',
    changed: 'Leads that it changed',
    another: 'Import another file',
    undoing: 'The import is being undone. You can close this page.',
    undone: 'This import was undone.',
    undo_progress: 'Undone so far',
  },

  undo: {
    open: 'Undo the import…',
    title: 'Undo this import?',
    what: 'Leads that nobody has touched since are removed, or get back what they had. All others stay.',
    counts: {
      removed: 'removed',
      restored: 'get back what they had',
      kept: 'kept, because somebody has touched them since',
      nothing: 'nothing to undo',
    } satisfies Record<UndoFate, string>,
    count: (n: number, exact: boolean, what: string) => `${figure(n)}${exact ? '' : '+'} ${what}`,
    confirm: (n: number) => `Type ${n}, the number of rows, to confirm`,
    submit: 'Undo the import',
    keep: 'Keep it',
  },
} as const

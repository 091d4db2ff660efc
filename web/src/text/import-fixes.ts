import { count, figure } from './words.ts'

/** Rows that are corrected alike. */
export const fix = {
  open: 'Find and replace…',
  alike: 'Change all…',
  alike_of: (row: number) => `Change all… like row ${row}`,
  title: 'Find and replace',
  alike_title: 'Change all rows with this value',
  column: 'Column',
  value: 'Cells with the value',
  value_hint: 'Leave it empty for cells that are empty.',
  find: 'Find',
  find_hint: 'As it is written, in capitals and small letters.',
  replace: 'Replace with',
  whole_cell: 'The whole cell must be this value',
  only: (tile: string) => `Only rows that are refused: ${tile.toLowerCase()}`,
  nothing_yet: 'Say what is replaced by what.',
  counting: 'Counting the rows…',
  counted: (n: number, exact: boolean) =>
    n === 0
      ? 'No row has this.'
      : `${figure(n)}${exact ? '' : '+'} ${n === 1 ? 'row changes' : 'rows change'}.`,
  submit: (n: number, exact: boolean) => `Change ${figure(n)}${exact ? '' : '+'} ${n === 1 ? 'row' : 'rows'}`,
  submit_some: 'Change the rows',
  done: (n: number) => `${count(n, 'row was', 'rows were')} changed and checked again.`,
  what: (find: string, replace: string) =>
    `${find === '' ? 'empty' : `“${find}”`} → ${replace === '' ? 'empty' : `“${replace}”`}`,
  list: {
    title: 'Corrections',
    intro: 'Undoing one leaves rows alone that were corrected again since.',
    columns: { column: 'Column', what: 'Change', rows: 'Rows', who: 'When' },
    undo: 'Undo',
    undo_of: (what: string) => `Undo ${what}`,
    undone: 'The correction was undone.',
  },
} as const

/** What a row changes of its lead. */
export const changes = {
  empty: 'empty',
  change: (was: string, is: string) => `${was} → ${is}`,
  of: (label: string, change: string) => `${label}: ${change}`,
} as const

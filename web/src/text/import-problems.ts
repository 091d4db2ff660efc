// What is wrong with steps of an import, for people. The screens of imports load it.

import { alsoSay } from './problems.ts'

/** By the server's words. */
export const SAID_OF_IMPORTS: Readonly<Record<string, string>> = {
  'must name an allocation for the new leads of the file': 'Choose the allocation that the new leads go to.',
  'is named twice': 'This column is listed twice. Reload the page.',
  'is no column of the file': 'The file has no such column any more. Reload the page.',
  'another column goes there': 'Another column goes there already. Choose another field for one of them.',
  'is no field of the template': 'The template has no such field any more. Choose another one.',
  'the template has no such field yet: make it first':
    'The template has no such field yet. Add it on the page of the template, or choose another one.',
  'belongs to no column of the file':
    'The file has no such column of numbers any more. Choose another field.',
  'is a field of the template: map the column to it':
    'The template has a field of this name. Choose that field.',
  'the row would be blank: leave it as it is': 'A row needs at least one value.',
  'the file is not complete yet: send its parts first': 'The file is still being uploaded.',
  'the file is being read: wait until that has ended':
    'The file is still being read. Wait until that has ended.',
  'the file cannot be read: the import says why': 'The file cannot be read.',
  'the rows of this import were not taken yet: start it first': 'This import has not been started yet.',
  'the dry run is at work: pause it first, or wait until it has ended':
    'The rows are being checked. Stop the check first, or wait until it has ended.',
  'rows are being corrected: pause that first, or wait until it has ended':
    'Rows are being corrected. Stop that first, or wait until it has ended.',
  'must be a text, where only a part of the cells is replaced': 'Say what to find.',
  'is the same as what it replaces': 'Enter another text than the one to find.',
  'the import is running: pause it first': 'The import is running. Pause it first.',
  'the import has begun and is paused: resume it, or cancel it':
    'The import has begun. Resume it, or cancel it.',
  'the import has ended': 'This import has ended.',
  'the import was cancelled': 'This import was cancelled.',
  'the import is being undone': 'This import is being undone.',
  'the import was undone': 'This import was undone.',
  'the file is not kept any more: upload it again':
    'The file was kept for a day only. Begin a new import with it.',
  'this import has taken no rows': 'No row of this import was imported.',
  'the rows of this import are gone: it cannot be undone any more':
    'The rows of this import were removed after some time, so it can no longer be undone.',
  'says nothing yet: map the columns first': 'Choose first what each column is.',
}

alsoSay(SAID_OF_IMPORTS, [
  [/^allocation \d+ belongs to another campaign/, () => 'This allocation belongs to another campaign.'],
])

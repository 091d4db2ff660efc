// The screens of imports. They are one part of the app: who opens one of them opens the others next.

import '../text/import-problems.ts'

export { ImportsScreen } from './imports.tsx'
export { NewImportScreen } from './new.tsx'
export { ImportScreen } from './wizard.tsx'

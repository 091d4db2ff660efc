// What stands above the table once it is there: that there are newer leads, and the export for those who may.

import { hasRole, useOperator } from '../api/session.ts'
import { ExportButton } from './export-button.tsx'
import { Newer, type NewerProps } from './newer.tsx'

export const ListTools = (list: NewerProps) => (
  <>
    <Newer {...list} />
    {hasRole(useOperator(), 'manager') && <ExportButton search={list.search} />}
  </>
)

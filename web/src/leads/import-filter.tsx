// The leads that one import made: a filter that only links set.

import { useQuery } from '@tanstack/react-query'
import { importQuery } from '../api/imports.ts'
import { imports } from '../text/imports.ts'
import { Pill } from './pill.tsx'

const words = imports.filter

export interface ImportFilterProps {
  import_id: number
  onRemove: () => void
}

export function ImportFilter({ import_id, onRemove }: ImportFilterProps) {
  const { data, error } = useQuery(importQuery(import_id))
  const shown = data?.file_name ?? (error ? words.unknown : words.loading)
  return <Pill name={words.name} shown={shown} onRemove={onRemove} />
}

import { useQuery } from '@tanstack/react-query'
import { hasRole, operatorsQuery, useOperator } from '../../api/session.ts'
import { text } from '../../text.ts'
import { OptionFilter } from './filter.tsx'

const words = text.leads.filters

export interface ChangedByFilterProps {
  /** As the API names who did something: operator:3. */
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** Oneself; for those who may see the operators, everybody. */
export function ChangedByFilter({ value, onChange }: ChangedByFilterProps) {
  const me = useOperator()
  const others = useQuery({ ...operatorsQuery, enabled: hasRole(me, 'admin') })
  const options = (others.data ?? [])
    .filter(({ operator_id }) => operator_id !== me.operator_id)
    .map(({ operator_id, name }) => ({ value: `operator:${operator_id}`, label: name }))
  return (
    <OptionFilter
      name={words.changed_by}
      value={value}
      options={[{ value: `operator:${me.operator_id}`, label: words.me }, ...options]}
      onChange={onChange}
    />
  )
}

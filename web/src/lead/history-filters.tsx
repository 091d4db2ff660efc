import { NativeSelect } from '@mantine/core'
import type { HistoryEvent } from '../../../src/client/model.ts'
import { useOperator } from '../api/session.ts'
import type { HistorySearch } from '../screens/lead/history-search.ts'
import { text } from '../text.ts'
import styles from './history.module.css'
import type { LeadSetUp } from './set-up.ts'
import { actorOf, labelOf, placeOf, wayOf } from './show.ts'

const words = text.history.filters

interface FiltersProps {
  events: readonly HistoryEvent[]
  search: HistorySearch
  set_up: LeadSetUp
  shown: number
  onChange: (patch: Partial<HistorySearch>) => void
}

export function HistoryFilters({ events, search, set_up, shown, onChange }: FiltersProps) {
  const { operator_id } = useOperator()
  const paths = [...new Set(events.flatMap(({ changes }) => Object.keys(changes ?? {})))]
  const actors = new Map(events.map((event) => [event.actor, actorOf(event, operator_id).name]))
  const all = { value: '', label: words.all }
  const filters = [
    {
      name: 'field' as const,
      data: paths
        .toSorted((one, other) => placeOf(one, set_up) - placeOf(other, set_up))
        .map((path) => ({ value: path, label: labelOf(path, set_up) })),
    },
    { name: 'actor' as const, data: [...actors].map(([value, label]) => ({ value, label })) },
    {
      name: 'way' as const,
      data: [...new Set(events.map(({ way }) => way))].map((way) => ({ value: way, label: wayOf(way) })),
    },
  ]
  return (
    <fieldset className={styles.filters}>
      <legend className="visually-hidden">{words.label}</legend>
      {filters.map(({ name, data }) => (
        <NativeSelect
          key={name}
          size="xs"
          label={words[name]}
          data={[all, ...data]}
          value={search[name] ?? ''}
          onChange={({ currentTarget }) => onChange({ [name]: currentTarget.value || undefined })}
        />
      ))}
      <p className={styles.count} role="status">
        {words.shown(shown, events.length)}
      </p>
    </fieldset>
  )
}

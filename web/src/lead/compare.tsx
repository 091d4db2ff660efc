// Two versions of a lead beside each other.

import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Lead } from '../../../src/client/model.ts'
import { versionQuery } from '../api/lead.ts'
import { Value } from '../merge/values.tsx'
import type { HistorySearch } from '../screens/lead/history-search.ts'
import { Problem } from '../shell/problem.tsx'
import { text } from '../text.ts'
import { changedPaths } from './draft.ts'
import styles from './history.module.css'
import type { LeadSetUp } from './set-up.ts'
import { labelOf, placeOf } from './show.ts'

const words = text.history.compare

interface CompareProps {
  lead: Lead
  search: HistorySearch
  set_up: LeadSetUp
  onChange: (patch: Partial<HistorySearch>) => void
}

export function Compare({ lead, search, set_up, onChange }: CompareProps) {
  if (lead.version < 2) return null
  const versions = Array.from({ length: lead.version }, (_, i) => String(lead.version - i))
  const { from = lead.version - 1, to = lead.version } = search
  const is_open = search.from !== undefined || search.to !== undefined
  return (
    <section className={styles.compare} aria-labelledby="compare">
      <h2 id="compare" className="visually-hidden">
        {words.title}
      </h2>
      <div className={styles.filters}>
        <NativeSelect
          size="xs"
          label={words.from}
          data={versions}
          value={String(from)}
          onChange={({ currentTarget }) => onChange({ from: Number(currentTarget.value), to })}
        />
        <NativeSelect
          size="xs"
          label={words.to}
          data={versions}
          value={String(to)}
          onChange={({ currentTarget }) => onChange({ from, to: Number(currentTarget.value) })}
        />
        <Button
          size="xs"
          variant="default"
          onClick={() => onChange(is_open ? { from: undefined, to: undefined } : { from, to })}
        >
          {is_open ? words.hide : words.show}
        </Button>
      </div>
      {is_open && <Comparison lead_id={lead.id} from={from} to={to} set_up={set_up} />}
    </section>
  )
}

function Comparison({
  lead_id,
  from,
  to,
  set_up,
}: {
  lead_id: string
  from: number
  to: number
  set_up: LeadSetUp
}) {
  const one = useQuery(versionQuery(lead_id, from))
  const other = useQuery(versionQuery(lead_id, to))
  const error = one.error ?? other.error
  if (error) return <Problem error={error} />
  if (!one.data || !other.data) return null
  const [before, after] = [one.data.values, other.data.values]
  const paths = changedPaths(before, after).toSorted((a, b) => placeOf(a, set_up) - placeOf(b, set_up))
  if (paths.length === 0) return <p className={styles.none}>{words.same}</p>
  return (
    <table className={styles.changes}>
      <caption className="visually-hidden">{words.table(from, to)}</caption>
      <thead>
        <tr>
          <th scope="col">{text.history.columns.field}</th>
          <th scope="col">{words.column(from)}</th>
          <th scope="col">{words.column(to)}</th>
        </tr>
      </thead>
      <tbody>
        {paths.map((path) => (
          <tr key={path}>
            <th scope="row">{labelOf(path, set_up)}</th>
            <td>
              <Value
                path={path}
                value={before[path] ?? null}
                base={before[path] ?? null}
                set_up={set_up}
                plain
              />
            </td>
            <td>
              <Value path={path} value={after[path] ?? null} base={before[path] ?? null} set_up={set_up} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

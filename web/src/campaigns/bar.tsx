// How far an allocation is: its leads by state, as a bar and in words.

import { useQueries, useQuery } from '@tanstack/react-query'
import { COUNT_AGAIN_MS, countsQuery, type Parts, partsOf, sumOf, totalOf } from '../api/campaigns.ts'
import { useAskMs } from '../shell/asking.ts'
import { campaigns as words } from '../text/campaigns.ts'
import styles from './campaigns.module.css'

const ORDER = ['new', 'callback', 'waiting', 'leased', 'parked', 'closed'] as const

export function Progress({ allocation_id }: { allocation_id: number }) {
  const { data, error } = useQuery({
    ...countsQuery(allocation_id),
    refetchInterval: useAskMs(COUNT_AGAIN_MS),
  })
  return (
    <div className={styles.progress}>
      {data ? (
        <Bar parts={partsOf(data)} />
      ) : (
        <span className="dimmed tiny">{error ? words.not_counted : words.counting}</span>
      )}
    </div>
  )
}

/** Of several allocations together, as soon as each is counted. */
export function ProgressOfAll({ allocation_ids }: { allocation_ids: readonly number[] }) {
  const counted = useQueries({ queries: allocation_ids.map(countsQuery) }).map(({ data }) => data)
  const parts = counted.flatMap((counts) => (counts ? partsOf(counts) : []))
  if (parts.length < allocation_ids.length) return null
  return (
    <div className={styles.progress}>
      <Bar parts={sumOf(parts)} />
    </div>
  )
}

function Bar({ parts }: { parts: Parts }) {
  const total = totalOf(parts)
  if (total === 0) return <span className="dimmed small">{words.no_leads}</span>
  const there = ORDER.filter((part) => parts[part] > 0)
  return (
    <>
      <div className={styles.bar} aria-hidden>
        {there.map((part) => (
          <span key={part} data-part={part} style={{ flexGrow: parts[part] }} />
        ))}
      </div>
      <ul className={`${styles.parts} list figures tiny`}>
        {there.map((part) => (
          <li key={part} data-part={part} title={words.parts_detail[part]}>
            {words.parts[part](parts[part])}
          </li>
        ))}
      </ul>
    </>
  )
}

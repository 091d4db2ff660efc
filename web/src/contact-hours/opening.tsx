// Whether leads may be called right now, and why not.

import { useQuery } from '@tanstack/react-query'
import type { ContactHours, Opening } from '../../../src/client/api.ts'
import { localIn } from '../../../src/core/times.ts'
import { client, must } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'
import { Refusal } from '../set-up/refusal.tsx'
import { useAskMs } from '../shell/asking.ts'
import { Loading } from '../shell/page.tsx'
import { Tag } from '../shell/parts.tsx'
import { contact_hours } from '../text/contact-hours.ts'
import { comingTime, zoneName } from '../text/times.ts'
import { regionName } from '../text/words.ts'
import styles from './contact-hours.module.css'

const words = contact_hours.now

const ASK_MS = 60_000

interface OpenNowProps {
  hours: ContactHours
  /** Of a template with these hours; undefined: the country of the installation counts. */
  region: string | undefined
  unsaved: boolean
}

export const useOpening = ({ contact_hours_id, version }: ContactHours, region: string | undefined) =>
  useQuery({
    queryKey: ['opening', contact_hours_id, version, region],
    queryFn: () => must(client.opening(contact_hours_id, region === undefined ? {} : { region })),
    refetchInterval: useAskMs(ASK_MS),
  })

export function OpenNow({ hours, region, unsaved }: OpenNowProps) {
  const { data, error, refetch } = useOpening(hours, region)
  const inWords = (at: string) => comingTime(at, hours.zone, serverNow())
  return (
    <section className={`${styles.now} card`} aria-labelledby="now">
      <h2 id="now">{words.title}</h2>
      {error && !data && <Refusal error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Loading />}
      {data && (
        <p className="row">
          <Tag tone={data.open ? 'good' : 'warn'}>{data.open ? words.open : words.closed}</Tag>
          <span>{data.open ? untilOf(data, inWords) : whyOf(data, hours, inWords)}</span>
        </p>
      )}
      <p className="dimmed small">
        {words.zone(zoneName(hours.zone))}{' '}
        {hours.local_to_lead && data && words.theirs(regionName(data.region))} {unsaved && words.unsaved}
      </p>
    </section>
  )
}

const untilOf = ({ until }: Opening, inWords: (at: string) => string) =>
  until ? words.until(inWords(until)) : words.always

function whyOf(
  { why = 'outside_hours', opens_at, region, at }: Opening,
  { exceptions, zone, local_to_lead }: ContactHours,
  inWords: (at: string) => string,
): string {
  const today = localIn(Date.parse(at), zone).slice(0, 10)
  const told =
    why !== 'legal' && local_to_lead
      ? words.why.theirs(regionName(region))
      : why === 'exception'
        ? words.why.exception(exceptions.find(({ date }) => date === today)?.name)
        : why === 'legal'
          ? words.why.legal(regionName(region))
          : words.why[why]
  return `${told} ${opens_at ? words.opens(inWords(opens_at)) : words.never}`
}

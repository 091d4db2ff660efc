// The callbacks that are kept for the operator: overdue, today, later; or those of one day.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Callback, FoundLead } from '../../../src/client/api.ts'
import { localIn } from '../../../src/core/times.ts'
import { serverNow, useNow } from '../api/clock.ts'
import { leadName } from '../api/leads.ts'
import { useOperator } from '../api/session.ts'
import { templateOf, useSetUp } from '../api/set-up.ts'
import { callbacksQuery } from '../api/work.ts'
import { lazyPart } from '../load-screen.tsx'
import { useAskMs } from '../shell/asking.ts'
import { Calendar } from '../shell/calendar.tsx'
import { Page, Waiting } from '../shell/page.tsx'
import { Tag } from '../shell/parts.tsx'
import { callbacks as words } from '../text/callbacks.ts'
import { comingTime, dayTime, dayWithYear, ownZone, zoneName } from '../text/times.ts'
import styles from './callbacks.module.css'

const MoveDialog = lazyPart(() => import('./move.tsx'), 'MoveDialog')

const ASK_MS = 30_000

type Kept = FoundLead & { callback: Callback }

interface Moving {
  lead: Kept
  name: string
}

const dayOf = ({ at }: Callback) => localIn(Date.parse(at), ownZone()).slice(0, 10)

export function CallbacksScreen() {
  const { login } = useOperator()
  const { data, error, refetch } = useQuery({ ...callbacksQuery(login), refetchInterval: useAskMs(ASK_MS) })
  if (!data) return <Waiting title={words.title} error={error} retry={() => void refetch()} />
  return (
    <Callbacks kept={data.items.filter((lead): lead is Kept => lead.callback !== null)} more={data.more} />
  )
}

function Callbacks({ kept, more }: { kept: readonly Kept[]; more: boolean }) {
  const { day } = useSearch({ from: '/app/callbacks' })
  const navigate = useNavigate({ from: '/callbacks' })
  const now = useNow()
  const today = localIn(now, ownZone()).slice(0, 10)
  const days = Map.groupBy(kept, ({ callback }) => dayOf(callback))
  // As it was when the dialog opened: the list goes on below it, and a lead may leave its section.
  const [moving, setMoving] = useState<Moving | null>(null)
  const show = (chosen: string | undefined) => void navigate({ search: { day: chosen }, replace: true })
  const is_past = ({ callback }: Kept) => Date.parse(callback.at) < now
  const sections = day
    ? [{ id: 'day', title: words.on_day(dayWithYear(day)), leads: days.get(day) ?? [] }]
    : [
        { id: 'overdue', title: words.overdue, leads: kept.filter(is_past) },
        {
          id: 'today',
          title: words.today,
          leads: kept.filter((lead) => !is_past(lead) && dayOf(lead.callback) === today),
        },
        {
          id: 'later',
          title: words.later,
          leads: kept.filter((lead) => !is_past(lead) && dayOf(lead.callback) !== today),
        },
      ]
  const shown = sections.filter(({ id, leads }) => id === 'day' || leads.length > 0)
  return (
    <Page title={words.title} width="page">
      <p className={`${styles.intro} dimmed small`}>{words.intro}</p>
      <div className={styles.page}>
        <div className={styles.lists}>
          {shown.length === 0 && !more && (
            <section className={styles.empty}>
              <h2>{words.none_title}</h2>
              <p className="dimmed">{words.none}</p>
            </section>
          )}
          {shown.map(({ id, title, leads }) => (
            <Section key={id} id={id} title={title} leads={leads} onMove={setMoving} />
          ))}
          {more && <p className="small">{words.more}</p>}
        </div>
        <aside className={`${styles.calendar} card`} aria-label={words.calendar}>
          <Calendar
            inline
            value={day ?? null}
            today={today}
            time={false}
            said={new Map([...days].map(([one, leads]) => [one, words.count(leads.length)]))}
            onPick={show}
            onDone={() => undefined}
          />
          {day && (
            <Button size="xs" onClick={() => show(undefined)}>
              {words.all_days}
            </Button>
          )}
        </aside>
      </div>
      {moving && <MoveDialog {...moving} onClose={() => setMoving(null)} />}
    </Page>
  )
}

interface SectionProps {
  id: string
  title: string
  leads: readonly Kept[]
  onMove: (moving: Moving) => void
}

function Section({ id, title, leads, onMove }: SectionProps) {
  return (
    <section className={styles.section} aria-labelledby={id} data-overdue={id === 'overdue' || undefined}>
      <h2 id={id}>
        {title} <span className="dimmed small figures">{words.count(leads.length)}</span>
      </h2>
      {leads.length === 0 ? (
        <p className="dimmed small">{words.none_on_day}</p>
      ) : (
        <ol className={`${styles.rows} list`} aria-label={words.table(title)}>
          {leads.map((lead) => (
            <Row key={lead.id} lead={lead} onMove={onMove} />
          ))}
        </ol>
      )}
    </section>
  )
}

function Row({ lead, onMove }: { lead: Kept; onMove: (moving: Moving) => void }) {
  const set_up = useSetUp().data
  const { callback, campaign_id, client_approved, disposition, id } = lead
  const template = templateOf(set_up, campaign_id)
  const name = leadName(lead, template)
  const campaign = set_up?.campaigns.find((one) => one.campaign_id === campaign_id)?.name
  return (
    <li className={styles.row}>
      <div className={styles.when}>
        <time dateTime={callback.at} className="figures">
          {comingTime(callback.at, ownZone(), serverNow())}
        </time>
        {callback.zone !== ownZone() && (
          <span className="dimmed tiny">{words.there(dayTime(callback.local), zoneName(callback.zone))}</span>
        )}
      </div>
      <div className={styles.who}>
        <strong dir="auto">{name}</strong> {client_approved && <Tag tone="strong">{words.promised}</Tag>}
        <p className="dimmed small">{[campaign, disposition].filter(Boolean).join(' · ')}</p>
      </div>
      <div className="row">
        <Button size="xs" aria-label={words.move_one(name)} onClick={() => onMove({ lead, name })}>
          {words.move}
        </Button>
        <Button
          component={Link}
          to={`/leads/${id}`}
          size="xs"
          variant="filled"
          aria-label={words.open_one(name)}
        >
          {words.open}
        </Button>
      </div>
    </li>
  )
}

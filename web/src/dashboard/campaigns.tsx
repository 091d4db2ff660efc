// How far each campaign is, and today's calls. Every number leads to its leads.

import { Link } from '@tanstack/react-router'
import type { CampaignStats, Stats } from '../../../src/client/api.ts'
import { useNow } from '../api/clock.ts'
import type { LeadSearch } from '../search.ts'
import { Listing } from '../shell/listing.tsx'
import { Tag } from '../shell/parts.tsx'
import { dashboard } from '../text/dashboard.ts'
import { ago } from '../text/times.ts'
import { figure } from '../text/words.ts'
import styles from './dashboard.module.css'

const words = dashboard.campaigns

/** More outcomes than these are in the list of leads. */
const OUTCOMES_SHOWN = 3

const Leads = ({ n, ...search }: LeadSearch & { n: number }) => (
  <Link to="/leads" search={search} className="figures">
    {figure(n)}
  </Link>
)

export function Campaigns({ campaigns }: { campaigns: Stats['campaigns'] }) {
  const now = useNow()
  return (
    <section className={styles.section} aria-labelledby="campaigns-title">
      <h2 id="campaigns-title">{words.title}</h2>
      <p className="dimmed small">{words.intro}</p>
      <Listing
        name={words.table}
        columns={words.columns}
        asked={{ data: campaigns.items, error: null, refetch: () => undefined }}
        empty={
          <>
            <p>{words.none}</p>
            <Link to="/campaigns">{words.to_campaigns}</Link>
          </>
        }
        keyOf={({ campaign_id }) => campaign_id}
        isPast={({ started }) => !started}
        cells={(campaign) => ({
          campaign: (
            <>
              {campaign.name} {!campaign.started && <Tag>{words.stopped}</Tag>}
              <div className="dimmed tiny">
                {campaign.counted_at === null ? words.counting : words.counted(ago(campaign.counted_at, now))}
              </div>
            </>
          ),
          ...countsOf(campaign),
          calls: <Calls {...campaign} />,
        })}
      />
      {campaigns.has_more && <p className="dimmed small">{words.more}</p>}
    </section>
  )
}

function countsOf({ campaign_id, counts }: CampaignStats) {
  if (!counts) return { new: null, callback: null, waiting: null, leased: null, parked: null, closed: null }
  const { closed, callback, ...open } = counts
  const all = Object.values(closed).reduce((sum, n) => sum + n, 0)
  const linked = (n: number) => <Leads n={n} campaign_id={campaign_id} closed="no" />
  return {
    new: linked(open.new),
    callback: <Leads n={callback} campaign_id={campaign_id} overdue />,
    waiting: linked(open.waiting),
    leased: linked(open.leased),
    parked: linked(open.parked),
    closed: (
      <>
        <Leads n={all} campaign_id={campaign_id} closed="yes" />
        <Most of={closed} campaign_id={campaign_id} search={{ closed: 'yes' }} />
      </>
    ),
  }
}

function Calls({ campaign_id, calls }: CampaignStats) {
  if (!calls) return null
  return (
    <>
      <Leads n={calls.calls} campaign_id={campaign_id} sort="changed" />
      <Most of={calls.outcomes} campaign_id={campaign_id} search={{ sort: 'changed' }} />
    </>
  )
}

interface MostProps {
  of: Record<string, number>
  campaign_id: number
  search: LeadSearch
}

/** The most frequent outcomes. */
function Most({ of, campaign_id, search }: MostProps) {
  const most = Object.entries(of)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, OUTCOMES_SHOWN)
  if (most.length === 0) return null
  return (
    <ul className={`${styles.most} list tiny figures`}>
      {most.map(([outcome, n]) => (
        <li key={outcome}>
          <Link to="/leads" search={{ ...search, campaign_id, disposition: outcome || undefined }}>
            {words.outcome(words.closed_as(outcome), n)}
          </Link>
        </li>
      ))}
    </ul>
  )
}

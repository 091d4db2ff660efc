// One allocation: how far it is, which leads come next, and why a lead does not.

import { useQueries, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { Allocation, Draws, Template } from '../../../src/client/api.ts'
import { COUNT_AGAIN_MS, countsQuery, nextQuery } from '../api/campaigns.ts'
import { serverNow } from '../api/clock.ts'
import { leadName, leadQuery } from '../api/leads.ts'
import { colleaguesQuery } from '../api/session.ts'
import { type SetUp, templateOf } from '../api/set-up.ts'
import { Refusal } from '../set-up/refusal.tsx'
import { Gone, useMayManage, WithSetUp } from '../set-up/screen.tsx'
import { useAskMs } from '../shell/asking.ts'
import { Back, Loading, Page } from '../shell/page.tsx'
import { campaigns } from '../text/campaigns.ts'
import { comingTime, ownZone } from '../text/times.ts'
import { figure } from '../text/words.ts'
import { Progress } from './bar.tsx'
import styles from './campaigns.module.css'
import { Deeds } from './deeds.tsx'
import { StateTag } from './state-tag.tsx'
import { StartStop } from './switch.tsx'
import { Washes } from './washes.tsx'
import { WhyNotThis } from './why-not-this.tsx'

const words = campaigns.one

const back = <Back to="/campaigns">{words.back}</Back>

export function AllocationScreen() {
  const { id } = useParams({ from: '/app/allocations/$id' })
  return (
    <WithSetUp title={campaigns.title}>
      {(set_up) => {
        const allocation = set_up.allocations.find((one) => one.allocation_id === Number(id))
        return allocation ? <OneAllocation allocation={allocation} set_up={set_up} /> : <Gone back={back} />
      }}
    </WithSetUp>
  )
}

function OneAllocation({ allocation, set_up }: { allocation: Allocation; set_up: SetUp }) {
  const may = useMayManage()
  const navigate = useNavigate()
  const { allocation_id, campaign_id, name, draws } = allocation
  const campaign = set_up.campaigns.find((one) => one.campaign_id === campaign_id)
  const can_start = allocation.archived_at === null && campaign?.archived_at === null
  return (
    <Page
      title={name}
      document_title={words.document_title(name)}
      width="page"
      back={back}
      aside={
        <>
          <StateTag allocation={allocation} />
          {campaign && <span className="dimmed small">{words.of(campaign.name)}</span>}
        </>
      }
      actions={
        may && (
          <>
            {can_start && <StartStop allocation={allocation} />}
            <Deeds
              noun="allocation"
              id={allocation_id}
              thing={allocation}
              onRemoved={() => void navigate({ to: '/campaigns' })}
            />
          </>
        )
      }
    >
      <section className={`${styles.progress_card} stack card`} aria-label={words.progress}>
        <Progress allocation_id={allocation_id} />
        {!draws && (
          <Link to="/leads" search={{ allocation_id }} className="small">
            {words.leads}
          </Link>
        )}
      </section>
      {draws && <DrawsOn draws={draws} set_up={set_up} />}
      {!draws && <Washes allocation={allocation} />}
      <Next allocation={allocation} template={templateOf(set_up, campaign_id)} />
      {/* A lead is found where it is, which is never in a virtual allocation. */}
      {!draws && <WhyNotThis allocation={allocation} template={templateOf(set_up, campaign_id)} />}
      <Closed allocation={allocation} />
    </Page>
  )
}

/** The allocations whose leads a virtual one hands out. */
function DrawsOn({ draws: { by, members }, set_up }: { draws: Draws; set_up: SetUp }) {
  const shares = members.reduce((sum, { share = 0 }) => sum + share, 0)
  return (
    <section className={styles.section} aria-labelledby="draws">
      <h2 id="draws">{words.draws}</h2>
      <p className="dimmed small">{words.draws_by[by]}</p>
      <ul className="list">
        {members.map(({ allocation_id, share = 0, penalty = 0 }) => (
          <li key={allocation_id}>
            <Link to="/allocations/$id" params={{ id: String(allocation_id) }}>
              {set_up.allocations.find((one) => one.allocation_id === allocation_id)?.name ?? allocation_id}
            </Link>{' '}
            <span className="figures dimmed">
              {by === 'ratio' ? words.share(Math.round((share / shares) * 100)) : words.penalty(penalty)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Next({ allocation, template }: { allocation: Allocation; template: Template | undefined }) {
  const { allocation_id, started } = allocation
  const { data, error, refetch } = useQuery({
    ...nextQuery(allocation_id),
    refetchInterval: useAskMs(COUNT_AGAIN_MS),
  })
  const items = (started && data?.items) || []
  const leads = useQueries({ queries: items.map(({ lead_id }) => leadQuery(lead_id)) })
  const { data: colleagues } = useQuery({ ...colleaguesQuery, enabled: items.some(({ agent }) => agent) })
  const nameOf = (login: string) => colleagues?.find((one) => one.login === login)?.name ?? login
  return (
    <section className={styles.section} aria-labelledby="next">
      <h2 id="next">{words.next}</h2>
      <p className="dimmed small">{words.next_intro}</p>
      {error && !data && <Refusal error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Loading />}
      {data && !started && <p>{words.next_stopped}</p>}
      {data && started && items.length === 0 && <p>{words.next_none}</p>}
      {items.length > 0 && (
        <div className="frame">
          <table className={`${styles.next} table`}>
            <caption className="visually-hidden">{words.next_table}</caption>
            <thead>
              <tr>
                <th scope="col">{words.next_columns.place}</th>
                <th scope="col">{words.next_columns.lead}</th>
                <th scope="col">{words.next_columns.why}</th>
                <th scope="col">{words.next_columns.priority}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ lead_id, priority, due_at, agent }, i) => {
                const lead = leads[i]?.data
                return (
                  <tr key={lead_id}>
                    <td className="figures">{i + 1}</td>
                    <th scope="row">
                      <Link to="/leads/$id" params={{ id: lead_id }}>
                        {lead ? leadName(lead, template) : lead_id}
                      </Link>
                    </th>
                    <td>
                      {due_at ? words.due(comingTime(due_at, ownZone(), serverNow())) : words.fresh}
                      {agent && <span className="dimmed"> {words.only(nameOf(agent))}</span>}
                    </td>
                    <td className="figures">{priority}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Closed({ allocation: { allocation_id, draws } }: { allocation: Allocation }) {
  const { data } = useQuery(countsQuery(allocation_id))
  if (!data) return null
  const closed = Object.entries(data.closed).sort(([, one], [, other]) => other - one)
  return (
    <section className={styles.section} aria-labelledby="closed">
      <h2 id="closed">{words.closed}</h2>
      {closed.length === 0 ? (
        <p className="dimmed small">{words.closed_none}</p>
      ) : (
        <div className={`${styles.closed} frame`}>
          <table className="table">
            <caption className="visually-hidden">{words.closed_table}</caption>
            <thead>
              <tr>
                <th scope="col">{words.columns.outcome}</th>
                <th scope="col">{words.columns.n}</th>
              </tr>
            </thead>
            <tbody>
              {closed.map(([code, n]) => (
                <tr key={code}>
                  <th scope="row">
                    {draws ? (
                      code
                    ) : (
                      <Link to="/leads" search={{ allocation_id, disposition: code }}>
                        {code}
                      </Link>
                    )}
                  </th>
                  <td className="figures">{figure(n)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

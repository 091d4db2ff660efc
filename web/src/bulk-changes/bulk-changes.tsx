// Bulk changes: what was done to many leads at once, and one of them with how far it is.

import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { BulkChange } from '../../../src/client/api.ts'
import { bulkChangesQuery, useBulkChange, useListMs } from '../api/bulk-changes.ts'
import { useSetUp } from '../api/set-up.ts'
import { actorName } from '../lead/show.tsx'
import { Listing, More } from '../shell/listing.tsx'
import { Back, Page, Waiting } from '../shell/page.tsx'
import { Ago, Tag } from '../shell/parts.tsx'
import { bulk_changes as words } from '../text/bulk-changes.ts'
import { changeName } from './names.ts'
import { BulkProgress } from './progress.tsx'

export function BulkChangesScreen() {
  const { id } = useParams({ from: '/app/bulk-changes/{-$id}' })
  return id === undefined ? <All /> : <One key={id} id={Number(id)} />
}

const whoOf = ({ created_by: actor, created_by_name: actor_name }: BulkChange) =>
  actorName({ actor, actor_name })

const StateOf = ({ state }: Pick<BulkChange, 'state'>) => (
  <Tag tone={state === 'stopped' ? 'warn' : state === 'done' ? 'good' : 'plain'}>{words.states[state]}</Tag>
)

function All() {
  const set_up = useSetUp().data
  const { data, error, refetch, ...paging } = useInfiniteQuery({
    ...bulkChangesQuery,
    refetchInterval: useListMs(),
  })
  return (
    <Page title={words.title} width="page" back={<Back to="/leads">{words.to_leads}</Back>}>
      <p className="dimmed small" style={{ marginBottom: 12 }}>
        {words.intro}
      </p>
      <Listing
        name={words.table}
        columns={words.columns}
        asked={{ data: data?.pages.flatMap(({ items }) => items), error, refetch }}
        empty={
          <>
            <p>{words.empty}</p>
            <div className="row">
              <Button variant="filled" component={Link} to="/leads">
                {words.to_leads}
              </Button>
            </div>
          </>
        }
        keyOf={({ bulk_change_id }) => bulk_change_id}
        isPast={({ state }) => state === 'cancelled' || state === 'undone'}
        cells={(found) => ({
          what: (
            <Link to="/bulk-changes/{-$id}" params={{ id: String(found.bulk_change_id) }}>
              {changeName(found, set_up)}
            </Link>
          ),
          campaign:
            set_up?.campaigns.find(({ campaign_id }) => campaign_id === found.campaign_id)?.name ??
            words.unknown_campaign,
          state: <StateOf state={found.state} />,
          leads: <span className="figures">{words.changed(found.done, found.leads)}</span>,
          who: (
            <div>
              {whoOf(found)}{' '}
              <span className="dimmed tiny">
                <Ago at={found.created_at} />
              </span>
            </div>
          ),
        })}
      />
      <More {...paging} />
    </Page>
  )
}

function One({ id }: { id: number }) {
  const set_up = useSetUp().data
  const { data: found, error, refetch } = useBulkChange(id)
  if (!found) return <Waiting title={words.title} error={error} retry={() => void refetch()} />
  const campaign = set_up?.campaigns.find(({ campaign_id }) => campaign_id === found.campaign_id)?.name
  return (
    <Page
      title={changeName(found, set_up)}
      width="form"
      back={
        <Back to="/bulk-changes/{-$id}" params={{ id: undefined }}>
          {words.back}
        </Back>
      }
      aside={<StateOf state={found.state} />}
    >
      <p className="dimmed small" style={{ marginBottom: 16 }}>
        {words.of_whom(campaign, whoOf(found))} <Ago at={found.created_at} />
      </p>
      <BulkProgress found={found} />
    </Page>
  )
}

// Imports: of all campaigns or of one, how far each is, and the way to the next one.

import { NativeSelect } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { Import } from '../../../src/client/api.ts'
import { importsQuery } from '../api/imports.ts'
import { useOperator } from '../api/session.ts'
import { useSetUp } from '../api/set-up.ts'
import { actorName } from '../lead/show.tsx'
import { useAskMs } from '../shell/asking.ts'
import { Listing, More, Tools } from '../shell/listing.tsx'
import { Page } from '../shell/page.tsx'
import { Ago, typed } from '../shell/parts.tsx'
import { imports as words } from '../text/imports.ts'
import { MainLink, StateTag, TallyBar } from './parts.tsx'

const ASK_MS = 5_000

export function ImportsScreen() {
  const { campaign_id } = useSearch({ from: '/app/imports' })
  const navigate = useNavigate({ from: '/imports' })
  const own = useOperator().operator_id
  const campaigns = useSetUp().data?.campaigns ?? []
  const { data, error, refetch, ...paging } = useInfiniteQuery({
    ...importsQuery(campaign_id),
    refetchInterval: useAskMs(ASK_MS),
  })
  const begin = (
    <MainLink to="/imports/new" search={{ campaign_id }}>
      {words.begin}
    </MainLink>
  )
  return (
    <Page title={words.title} width="page" actions={begin}>
      <p className="dimmed small" style={{ maxWidth: '76ch', marginBottom: 12 }}>
        {words.intro}
      </p>
      <Tools label={words.filters}>
        <NativeSelect
          size="xs"
          label={words.campaign}
          value={String(campaign_id ?? '')}
          data={[
            { value: '', label: words.any_campaign },
            ...campaigns.map((one) => ({ value: String(one.campaign_id), label: one.name })),
          ]}
          onChange={typed(
            (value) =>
              void navigate({
                search: { campaign_id: value === '' ? undefined : Number(value) },
                replace: true,
              }),
          )}
        />
      </Tools>
      <Listing
        name={words.table}
        columns={words.columns}
        asked={{ data: data?.pages.flatMap(({ items }) => items), error, refetch }}
        empty={
          <>
            <p>{campaign_id === undefined ? words.empty : words.none_of_campaign}</p>
            <div className="row">{begin}</div>
          </>
        }
        keyOf={({ import_id }) => import_id}
        isPast={({ state }) => state === 'cancelled' || state === 'undone'}
        cells={(found) => ({
          name: (
            <Link to="/imports/$id/{-$step}" params={{ id: String(found.import_id) }}>
              {found.file_name}
            </Link>
          ),
          campaign:
            campaigns.find((one) => one.campaign_id === found.campaign_id)?.name ?? words.unknown_campaign,
          state: <StateTag state={found.state} />,
          rows: <Rows found={found} />,
          who: (
            <div>
              <Ago at={found.created_at} />
              <div className="dimmed tiny">
                {words.by(actorName({ actor: found.created_by, actor_name: found.created_by_name }, own))}
              </div>
            </div>
          ),
        })}
      />
      <More {...paging} />
    </Page>
  )
}

function Rows({ found: { table, rows, checked, done, state } }: { found: Import }) {
  const tally = done ?? (state === 'checking' ? checked : null)
  if (tally)
    return (
      <div style={{ width: '100%', minWidth: 180 }}>
        <span className="figures">{words.rows_of(tally.rows, rows)}</span>
        <TallyBar tally={tally} all={rows} />
      </div>
    )
  return table ? words.rows(rows) : <span className="dimmed">{words.no_rows_yet}</span>
}

// Runs of actions: what a target answered, and running one again.

import { Button, NativeSelect } from '@mantine/core'
import { type InfiniteData, useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Page } from '../../../src/client/answer.ts'
import type { Action, ActionRun } from '../../../src/client/api.ts'
import { actionsChanged, runsQuery } from '../api/actions.ts'
import { client, must } from '../api/client.ts'
import { type ActionsSearch, RUN_STATES } from '../search.ts'
import { useAskMs } from '../shell/asking.ts'
import { Listing, More, Section, Tools } from '../shell/listing.tsx'
import { Ago, Tag, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { actions } from '../text/actions.ts'

const words = actions.runs

/** Looks again while a run waits. */
const ASK_MS = 5_000

const isAnyQueued = (found: InfiniteData<Page<ActionRun>> | undefined) =>
  found?.pages.some(({ items }) => items.some((run) => run.state === 'queued'))

const TONES = { done: 'good', failed: 'warn', queued: 'strong', skipped: 'plain' } as const

export function Runs({ search, all }: { search: ActionsSearch; all: readonly Action[] }) {
  const navigate = useNavigate({ from: '/actions' })
  const ask_ms = useAskMs(ASK_MS)
  const { data, error, refetch, ...paging } = useInfiniteQuery({
    ...runsQuery(search),
    refetchInterval: ({ state }) => (isAnyQueued(state.data) ? ask_ms : false),
  })
  const set = (change: ActionsSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const { action_id, state } = search
  return (
    <Section id="runs" title={words.title} intro={words.intro}>
      <Tools label={words.filters}>
        <NativeSelect
          size="xs"
          label={words.action}
          value={String(action_id ?? '')}
          data={[
            { value: '', label: words.any_action },
            ...all.map((one) => ({ value: String(one.action_id), label: one.name })),
          ]}
          onChange={typed((value) => set({ action_id: value === '' ? undefined : Number(value) }))}
        />
        <NativeSelect
          size="xs"
          label={words.state}
          value={state ?? ''}
          data={[
            { value: '', label: words.any_state },
            ...RUN_STATES.map((value) => ({ value, label: words.states[value] })),
          ]}
          onChange={typed((value) => set({ state: RUN_STATES.find((one) => one === value) }))}
        />
      </Tools>
      <Listing
        name={words.table}
        columns={words.columns}
        asked={{ data: data?.pages.flatMap(({ items }) => items), error, refetch }}
        empty={action_id === undefined && state === undefined ? words.empty : words.nothing}
        keyOf={({ run_id }) => run_id}
        cells={(run) => ({
          action: (
            <>
              {run.action}
              <div className="dimmed tiny">{words.after(run.disposition)}</div>
            </>
          ),
          lead: (
            <Link to="/leads/$id" params={{ id: run.lead_id }}>
              {run.lead_id}
            </Link>
          ),
          state: <Result {...run} />,
          at: <Ago at={run.finished_at ?? run.created_at} />,
        })}
        deeds={(run) => run.state !== 'queued' && <Again run={run} />}
      />
      <More {...paging} />
    </Section>
  )
}

const Result = ({ state, status, detail, tries }: ActionRun) => (
  <>
    <span className="row">
      <Tag tone={TONES[state]}>{words.states[state]}</Tag>
      {status !== null && words.answered(status)}
    </span>
    {detail && <div className="dimmed tiny">{detail}</div>}
    {tries > 1 && <div className="dimmed tiny">{words.tries(tries)}</div>}
  </>
)

function Again({ run }: { run: ActionRun }) {
  const again = useMutation({
    mutationFn: () => must(client.repeatActionRun(run.run_id)),
    onSuccess: () => toast(words.again_done),
    onSettled: actionsChanged,
  })
  return (
    <>
      <Button
        size="compact-xs"
        aria-label={words.again_of(run.action, run.lead_id)}
        loading={again.isPending}
        onClick={() => again.mutate()}
      >
        {words.again}
      </Button>
      {again.error && <Problem error={again.error} />}
    </>
  )
}

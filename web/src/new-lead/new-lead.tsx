// Creates a lead by hand: its allocation, the fields of its template, and a few more values. What is typed is kept until
// the lead is created or the draft is discarded.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { createLink, useNavigate, useSearch } from '@tanstack/react-router'
import {
  type ComponentProps,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from 'react'
import { client, must, queries, Refused } from '../api/client.ts'
import { whole } from '../api/lead.ts'
import { leadName } from '../api/leads.ts'
import { useOperator } from '../api/session.ts'
import { liveFields, openAllocations, type SetUp, useSetUp } from '../api/set-up.ts'
import { type NewLeadDraft, useNewLeadDraft } from '../lead/kept.ts'
import { LeadSetUpContext, useSetUpOf, zoneOf } from '../lead/set-up.ts'
import { BackToList, useListLink } from '../leads/listed.tsx'
import { Loading, Page } from '../shell/page.tsx'
import { announce, onSubmit } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { toast } from '../shell/toast.tsx'
import { problemsOf, type ValueProblem } from '../shell/value-problems.ts'
import { createKeptStore } from '../store.ts'
import { new_lead } from '../text/new-lead.ts'
import { zoneName } from '../text/times.ts'
import { text } from '../text.ts'
import { AllocationPicker } from './allocation-picker.tsx'
import { begunWith, bodyOf, isEmpty, isFilled } from './draft.ts'
import { NewValue } from './field.tsx'
import styles from './new-lead.module.css'
import { Refusal } from './refusal.tsx'

const words = new_lead

export function NewLeadScreen() {
  const { data, error, refetch } = useSetUp()
  return (
    <Page
      title={words.title}
      document_title={[words.title, text.leads.title]}
      width="form"
      back={<BackToList />}
    >
      {data ? (
        <NewLeadForm set_up={data} />
      ) : error ? (
        <Problem error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

const CancelLink = createLink((props: ComponentProps<'a'>) => <Button {...props} component="a" />)

function NewLeadForm({ set_up }: { set_up: SetUp }) {
  const navigate = useNavigate()
  const asked = useSearch({ from: '/app/leads/new' })
  const list_link = useListLink()
  const kept = useNewLeadDraft()
  const last_allocation = useLastAllocation()
  const [restored] = useState(kept.get)
  const [allocation_id, setAllocation] = useState(
    () => restored?.allocation_id ?? firstAllocation(set_up, asked.allocation_id ?? last_allocation.get()),
  )
  const allocation = set_up.allocations.find((one) => one.allocation_id === allocation_id)
  const of_lead = useSetUpOf(`${allocation?.campaign_id ?? 0}-0`).data
  const template = of_lead?.template
  const [values, setValues] = useState(() => restored?.values ?? begunWith(asked.from, template))
  const draft: NewLeadDraft = { allocation_id, values }
  const form = useRef<HTMLFormElement>(null)
  const done = useRef(false)

  const keep = (next: NewLeadDraft) => {
    setAllocation(next.allocation_id)
    setValues(next.values)
    kept.set(isEmpty(next) ? null : next)
  }
  const save = useMutation({
    mutationFn: ({ allow_duplicates }: { allow_duplicates: boolean }) =>
      whole(must(client.createLead(bodyOf(draft, allocation_id!, template!, allow_duplicates)))),
    onSuccess: (lead) => {
      kept.set(null)
      last_allocation.set(allocation_id)
      void queries.invalidateQueries({ queryKey: ['leads'] })
      announce(words.saved(leadName(lead, template)))
      void navigate({ to: '/leads/$id', params: { id: lead.id } })
    },
    onError: () => {
      done.current = false
    },
  })
  const create = (allow_duplicates: boolean) => {
    // A second click, or a held Enter, makes no second lead.
    if (done.current || !template || allocation_id === null) return
    done.current = true
    save.mutate({ allow_duplicates })
  }
  useShortcuts([{ keys: 'mod+s', does: words.save, run: () => form.current?.requestSubmit() }])
  useLeftUnfinished(() => !done.current && !isEmpty(draft))

  const problems = useProblems(save.error, save.variables ? draft : undefined, allocation?.campaign_id)
  const value = (path: string, hint?: string) => (
    <NewValue
      key={path}
      path={path}
      value={values[path] ?? null}
      onChange={(value) => keep({ allocation_id, values: { ...values, [path]: value } })}
      hint={hint}
      problem={problems.find((problem) => problem.path === path)?.detail}
    />
  )
  const fields = (phones: boolean) =>
    (template ? liveFields(template) : [])
      .filter(({ kind }) => (kind === 'phone') === phones)
      .map(({ name }) => value(`fields.${name}`))

  if (openAllocations(set_up).length === 0) return <p className="dimmed">{words.no_allocation}</p>
  if (!of_lead) return <Loading />
  const zone = zoneOf(of_lead, null) ?? 'UTC'
  return (
    <LeadSetUpContext value={of_lead}>
      <form ref={form} className="stack" onSubmit={onSubmit(() => create(false))} noValidate>
        {save.error && (
          <Refusal
            error={save.error}
            problems={problems}
            draft={draft}
            onAnyway={() => create(true)}
            onAdded={() => {
              done.current = true
              kept.set(null)
            }}
          />
        )}
        {restored && !isEmpty(restored) && !save.error && (
          <p className={`${styles.restored} small`} role="status">
            {words.restored}
          </p>
        )}
        <section className={`${styles.card} card`}>
          <AllocationPicker
            set_up={set_up}
            value={allocation_id}
            onChange={(chosen) => keep({ allocation_id: chosen, values })}
            error={problems.find(({ path }) => path === 'allocation_id')?.detail}
          />
        </section>
        <Card id="phones" title={words.phones} hint={words.phones_hint(template?.region)}>
          {fields(true)}
        </Card>
        <Card id="details" title={words.details}>
          {fields(false)}
        </Card>
        <Card id="more" title={words.more}>
          {value('external_id', words.external_id_hint)}
          {value('source', words.source_hint)}
          {value('callback', words.callback_hint(zoneName(zone), of_lead.template.contact_hours))}
          {value('priority', words.priority_hint)}
        </Card>
        <div className={styles.foot}>
          {!isEmpty(draft) && (
            <Button
              variant="subtle"
              onClick={() => {
                const before = draft
                save.reset()
                keep({ allocation_id, values: {} })
                toast(words.discarded, [{ label: text.lead.save.undo, run: () => keep(before) }])
              }}
            >
              {words.discard}
            </Button>
          )}
          <CancelLink {...list_link}>{words.cancel}</CancelLink>
          <Button variant="filled" type="submit" loading={save.isPending} disabled={allocation_id === null}>
            {words.save}
          </Button>
        </div>
      </form>
    </LeadSetUpContext>
  )
}

/** The allocation of this operator's last new lead. */
function useLastAllocation() {
  const { operator_id } = useOperator()
  return useMemo(
    () =>
      createKeptStore<number | null>(
        `leadline.last-allocation.${operator_id}`,
        null,
        (value): value is number | null => value === null || typeof value === 'number',
      ),
    [operator_id],
  )
}

/** What the server found wrong, by the path of the value. */
function useProblems(
  error: Error | null,
  draft: NewLeadDraft | undefined,
  campaign_id: number | undefined,
): readonly ValueProblem[] {
  const refused = error instanceof Refused ? error.problem : undefined
  const is_dnc = refused?.name === 'DNC'
  const phones = useSetUpOf(`${campaign_id ?? 0}-0`).data?.fields.phones ?? []
  // As they were when the server refused them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another refusal brings other numbers
  const asked = useMemo(
    () =>
      phones.flatMap(({ name }) => {
        const path = `fields.${name}`
        return isFilled(draft?.values[path]) ? [{ path, phone: String(draft?.values[path]) }] : []
      }),
    [error],
  )
  // The refusal does not say which of the numbers are blocked.
  const checked = useQuery({
    queryKey: ['dnc', 'check', campaign_id, asked],
    enabled: is_dnc && asked.length > 0,
    queryFn: () => must(client.checkDnc({ campaign_id, phones: asked.map(({ phone }) => phone) })),
  })
  if (!refused) return []
  if (!is_dnc) return problemsOf(refused)
  return (checked.data?.items ?? []).flatMap(({ blocked, list }, i) =>
    blocked && list ? [{ path: asked[i]!.path, detail: words.dnc_list(list) }] : [],
  )
}

/** Nothing is lost when somebody leaves, but nobody should think that the lead is created. */
function useLeftUnfinished(unfinished: () => boolean): void {
  const navigate = useNavigate()
  const leave = useEffectEvent(() => {
    if (!unfinished()) return
    toast(words.left, [{ label: words.go_back, run: () => void navigate({ to: '/leads/new' }) }])
  })
  useEffect(() => () => leave(), [])
}

interface CardProps {
  id: string
  title: string
  hint?: string
  children: ReactNode
}

const Card = ({ id, title, hint, children }: CardProps) => (
  <section className={`${styles.card} card`} aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    {hint && <p className="dimmed small">{hint}</p>}
    <div className={styles.grid}>{children}</div>
  </section>
)

/** The allocation that is asked for, else the first that is started, else the first. */
function firstAllocation(set_up: SetUp, asked: number | null | undefined): number | null {
  const allocations = openAllocations(set_up)
  const found =
    allocations.find(({ allocation_id }) => allocation_id === asked) ??
    allocations.find(({ started }) => started) ??
    allocations[0]
  return found?.allocation_id ?? null
}

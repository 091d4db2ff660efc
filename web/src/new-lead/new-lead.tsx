// Creates a lead by hand: its allocation, the fields of its template, and a few more values.

import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useBlocker, useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useRef, useState } from 'react'
import type { NewLead } from '../../../src/client/api.ts'
import { client, must, queries, Refused } from '../api/client.ts'
import { whole } from '../api/lead.ts'
import { leadName } from '../api/leads.ts'
import { liveFields, type SetUp, templateOf, useSetUp } from '../api/set-up.ts'
import { zoneOf } from '../lead/set-up.ts'
import { inputId, labelOf } from '../lead/show.tsx'
import { DateField } from '../shell/date-field.tsx'
import { Back, Loading, Page } from '../shell/page.tsx'
import { announce, onSubmit, PLAIN_MAX, typed } from '../shell/parts.tsx'
import { Problem, problemsOf } from '../shell/problem.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { zoneName } from '../text/times.ts'
import { text } from '../text.ts'
import { FieldInput } from './field-input.tsx'
import styles from './new-lead.module.css'
import { Refusal } from './refusal.tsx'

const words = text.new_lead

export function NewLeadScreen() {
  const { data, error, refetch } = useSetUp()
  return (
    <Page
      title={words.title}
      document_title={[words.title, text.leads.title]}
      width="form"
      back={<Back to="/leads">{words.back}</Back>}
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

/** The inputs besides the fields; the callback as its input has it: 2026-11-30T10:00. */
const NOTHING = { external_id: '', source: '', callback: '', priority: '' }

const filled = (value: string) => value.trim() !== ''

function bodyOf(
  allocation_id: number,
  fields: Record<string, string>,
  more: typeof NOTHING,
  allow_duplicates: boolean,
): NewLead {
  const given = (value: string) => (filled(value) ? value : undefined)
  const { external_id, source, priority, callback } = more
  return {
    allocation_id,
    fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => filled(value))),
    external_id: given(external_id),
    source: given(source),
    // The server refuses a text that is not a number, and names the field.
    priority: (/^\d+$/.test(priority.trim()) ? Number(priority) : given(priority)) as number | undefined,
    callback: filled(callback) ? { local: callback } : undefined,
    allow_duplicates: allow_duplicates || undefined,
  }
}

function NewLeadForm({ set_up }: { set_up: SetUp }) {
  const navigate = useNavigate()
  const { allocation_id: asked } = useSearch({ from: '/app/leads/new' })
  const [allocation_id, setAllocation] = useState(() => firstAllocation(set_up, asked))
  const [fields, setFields] = useState<Record<string, string>>({})
  const [more, setMore] = useState(NOTHING)
  const form = useRef<HTMLFormElement>(null)
  const saved = useRef(false)
  const allocation = set_up.allocations.find((one) => one.allocation_id === allocation_id)
  const template = templateOf(set_up, allocation?.campaign_id)

  const zone = template && zoneOf({ ...set_up, template }, null)

  const save = useMutation({
    mutationFn: ({ allow_duplicates }: { allow_duplicates: boolean }) =>
      whole(must(client.createLead(bodyOf(allocation_id!, fields, more, allow_duplicates)))),
    onSuccess: (lead) => {
      saved.current = true
      void queries.invalidateQueries({ queryKey: ['leads'] })
      announce(words.saved(leadName(lead, template)))
      void navigate({ to: '/leads/$id', params: { id: lead.id } })
    },
  })
  const problems = save.error instanceof Refused ? problemsOf(save.error.problem) : []
  const problemAt = (path: string) => problems.find((problem) => problem.path === path)?.detail
  const submit = onSubmit(() => {
    // Until the lead is on the screen, the button is still there.
    if (!save.isPending && !save.isSuccess) save.mutate({ allow_duplicates: false })
  })
  useShortcuts([{ keys: 'mod+s', does: words.save, run: () => form.current?.requestSubmit() }])

  const inputs = (phones: boolean) =>
    (template ? liveFields(template) : [])
      .filter(({ kind }) => (kind === 'phone') === phones)
      .map((field) => (
        <div key={field.name} data-wide={field.kind === 'long_text' || undefined}>
          <FieldInput
            id={inputId(`fields.${field.name}`)}
            field={field}
            value={fields[field.name] ?? ''}
            onChange={(value) => setFields({ ...fields, [field.name]: value })}
            error={problemAt(`fields.${field.name}`)}
          />
        </div>
      ))
  const input = (key: keyof typeof more) => ({
    id: inputId(key),
    label: labelOf(key, { template }),
    value: more[key],
    onChange: typed((value) => setMore({ ...more, [key]: value })),
    error: problemAt(key),
    autoComplete: 'off',
  })

  if (set_up.allocations.length === 0) return <p className="dimmed">{words.no_allocation}</p>
  return (
    <form ref={form} className="stack" onSubmit={submit} noValidate>
      <Unsaved
        when={() => !saved.current && [...Object.values(fields), ...Object.values(more)].some(filled)}
      />
      {save.error && (
        <Refusal
          error={save.error}
          problems={problems}
          template={template}
          onAnyway={() => save.mutate({ allow_duplicates: true })}
        />
      )}
      <section className={`${styles.card} card`}>
        <AllocationPicker
          set_up={set_up}
          value={allocation_id}
          onChange={setAllocation}
          error={problemAt('allocation_id')}
        />
      </section>
      <Card id="phones" title={words.phones} hint={words.phones_hint(template?.region)}>
        {inputs(true)}
      </Card>
      <Card id="details" title={words.details}>
        {inputs(false)}
      </Card>
      <Card id="more" title={words.more}>
        <TextInput {...input('external_id')} description={words.external_id_hint} />
        <TextInput {...input('source')} description={words.source_hint} />
        <DateField
          {...input('callback')}
          time
          onChange={(callback) => setMore({ ...more, callback: callback ?? '' })}
          zone={zone}
          description={template && zone && words.callback_hint(zoneName(zone), template.contact_hours)}
        />
        <TextInput {...input('priority')} inputMode="numeric" description={words.priority_hint} />
      </Card>
      <div className={styles.foot}>
        <Button component={Link} to="/leads">
          {words.cancel}
        </Button>
        <Button variant="filled" type="submit" loading={save.isPending} disabled={allocation_id === null}>
          {words.save}
        </Button>
      </div>
    </form>
  )
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

/** The allocation in the address, else the first that is started, else the first. */
function firstAllocation({ allocations }: SetUp, asked: number | undefined): number | null {
  const found =
    allocations.find(({ allocation_id }) => allocation_id === asked) ??
    allocations.find(({ started }) => started) ??
    allocations[0]
  return found?.allocation_id ?? null
}

interface PickerProps {
  set_up: SetUp
  value: number | null
  onChange: (allocation_id: number | null) => void
  error?: string
}

/** Offers allocations by campaign. A stopped one takes leads as well, and its label says so. */
function AllocationPicker({ set_up: { campaigns, allocations }, value, onChange, error }: PickerProps) {
  const by_campaign = Map.groupBy(allocations, ({ campaign_id }) => campaign_id)
  const chosen = allocations.find(({ allocation_id }) => allocation_id === value)
  const campaign = campaigns.find(({ campaign_id }) => campaign_id === chosen?.campaign_id)
  return (
    <Select
      id={inputId('allocation_id')}
      label={words.allocation}
      description={campaign && words.in_campaign(campaign.name)}
      data={campaigns
        .filter(({ campaign_id }) => by_campaign.has(campaign_id))
        .map(({ campaign_id, name }) => ({
          group: name,
          items: by_campaign.get(campaign_id)!.map((one) => ({
            value: String(one.allocation_id),
            label: one.started ? one.name : words.stopped(one.name),
          })),
        }))}
      value={value === null ? null : String(value)}
      onChange={(chosen) => onChange(chosen === null ? null : Number(chosen))}
      allowDeselect={false}
      searchable={allocations.length > PLAIN_MAX}
      error={error}
    />
  )
}

/** Asks before somebody leaves a changed form. `when` is called at the moment of leaving. */
function Unsaved({ when }: { when: () => boolean }) {
  const { unsaved } = text.shell
  const { status, proceed, reset } = useBlocker({
    // Another search on the same screen does not leave the form.
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && when(),
    enableBeforeUnload: when,
    withResolver: true,
  })
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title={unsaved.title} size="sm" centered>
      <p>{unsaved.what}</p>
      <div className={`${styles.choice} row`}>
        <Button onClick={() => proceed?.()}>{unsaved.leave}</Button>
        <Button variant="filled" data-autofocus onClick={() => reset?.()}>
          {unsaved.stay}
        </Button>
      </div>
    </Modal>
  )
}

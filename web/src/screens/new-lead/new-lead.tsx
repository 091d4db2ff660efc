// A new lead by hand: where it goes, the fields of its template, and what else belongs to it.

import { Button } from '@mantine/core'
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { Refused } from '../../api/client.ts'
import { createLead, leadName } from '../../api/leads.ts'
import { queries } from '../../api/queries.ts'
import { liveFields, type SetUp, templateOf, useSetUp } from '../../api/set-up.ts'
import { FieldInput } from '../../fields/field-input.tsx'
import { problemAt, problemsOf } from '../../fields/problems.ts'
import { announce } from '../../shell/announce.tsx'
import { Loading } from '../../shell/loading.tsx'
import { Page } from '../../shell/page.tsx'
import { Problem } from '../../shell/problem.tsx'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { Unsaved } from '../../shell/unsaved.tsx'
import { text } from '../../text.ts'
import lead_styles from '../lead/lead.module.css'
import { AllocationPicker } from './allocation-picker.tsx'
import { bodyOf, type Draft, EMPTY, isEmpty } from './draft.ts'
import { MoreInputs } from './more-inputs.tsx'
import styles from './new-lead.module.css'
import { Refusal } from './refusal.tsx'

const words = text.new_lead

export function NewLeadScreen() {
  const set_up = useSetUp()
  return (
    <Page
      title={words.title}
      document_title={[words.title, text.leads.title]}
      width="form"
      back={
        <Link to="/leads" className={lead_styles.back}>
          <IconArrowLeft size={14} aria-hidden />
          {words.back}
        </Link>
      }
    >
      {set_up.isPending && <Loading />}
      {set_up.isError && !set_up.data && (
        <Problem error={set_up.error} onRetry={() => void set_up.refetch()} />
      )}
      {set_up.data && <NewLeadForm set_up={set_up.data} />}
    </Page>
  )
}

function NewLeadForm({ set_up }: { set_up: SetUp }) {
  const navigate = useNavigate()
  const asked = useSearch({ from: '/app/leads/new' }).allocation_id
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, allocation_id: firstAllocation(set_up, asked) })
  const change = (patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch }))
  const form = useRef<HTMLFormElement>(null)
  const saved = useRef(false)

  const save = useMutation({
    mutationFn: ({ allow_duplicates }: { allow_duplicates: boolean }) =>
      createLead(bodyOf(draft, { allow_duplicates })),
    onSuccess: (lead) => {
      saved.current = true
      void queries.invalidateQueries({ queryKey: ['leads'] })
      announce(words.saved(leadName(lead, template)))
      void navigate({ to: '/leads/$id', params: { id: lead.id } })
    },
  })
  const refused = save.error instanceof Refused ? save.error : undefined
  const problems = refused ? problemsOf(refused.problem) : []
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (!save.isPending) save.mutate({ allow_duplicates: false })
  }
  useShortcuts([{ keys: 'mod+s', does: words.save_key, run: () => form.current?.requestSubmit() }])

  const allocation = set_up.allocations.find(({ allocation_id }) => allocation_id === draft.allocation_id)
  const template = templateOf(set_up, allocation?.campaign_id)
  const fields = template ? liveFields(template) : []
  const inputs = (phones: boolean) =>
    fields
      .filter(({ kind }) => (kind === 'phone') === phones)
      .map((field) => (
        <div key={field.name} data-wide={field.kind === 'long_text' || undefined}>
          <FieldInput
            id={`fields/${field.name}`}
            field={field}
            value={draft.fields[field.name] ?? ''}
            onChange={(value) => change({ fields: { ...draft.fields, [field.name]: value } })}
            error={problemAt(problems, `fields/${field.name}`)}
          />
        </div>
      ))

  if (set_up.allocations.length === 0) return <p className="dimmed">{words.no_allocation}</p>
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate>
      <Unsaved when={() => !saved.current && !isEmpty(draft)} />
      {save.error && (
        <Refusal
          error={save.error}
          problems={problems}
          template={template}
          onAnyway={() => save.mutate({ allow_duplicates: true })}
        />
      )}
      <section className={styles.card}>
        <AllocationPicker
          set_up={set_up}
          value={draft.allocation_id}
          onChange={(allocation_id) => change({ allocation_id })}
          error={problemAt(problems, 'allocation_id')}
        />
      </section>
      <section className={styles.card} aria-labelledby="phones">
        <h2 id="phones">{words.phones}</h2>
        <p className={styles.hint}>{words.phones_hint(template?.region)}</p>
        <div className={styles.grid}>{inputs(true)}</div>
      </section>
      <section className={styles.card} aria-labelledby="details">
        <h2 id="details">{words.details}</h2>
        <div className={styles.grid}>{inputs(false)}</div>
      </section>
      <section className={styles.card} aria-labelledby="more">
        <h2 id="more">{words.more}</h2>
        <MoreInputs
          draft={draft}
          contact_hours={template?.contact_hours}
          problems={problems}
          onChange={change}
        />
      </section>
      <div className={styles.foot}>
        <Button variant="default" component={Link} to="/leads">
          {words.cancel}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={draft.allocation_id === null}>
          {words.save}
        </Button>
      </div>
    </form>
  )
}

/** The one that was asked for, else the only one, else the first that is started. */
function firstAllocation({ allocations }: SetUp, asked: number | undefined): number | null {
  const found =
    allocations.find(({ allocation_id }) => allocation_id === asked) ??
    allocations.find(({ started }) => started) ??
    allocations[0]
  return found?.allocation_id ?? null
}

// What each change of many leads has to be told: the outcome, the allocation, the list, or that it is meant.

import { NativeSelect, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { needsTime } from '../../../src/core/disposition.ts'
import { useBulkStep } from '../api/bulk-changes.ts'
import { serverNow } from '../api/clock.ts'
import { openAllocations, templateOf } from '../api/set-up.ts'
import { useDncRights } from '../dnc/rights.ts'
import { DateField } from '../shell/date-field.tsx'
import { isStale, wrongIn } from '../shell/form-dialog.tsx'
import { typed } from '../shell/parts.tsx'
import { Notice } from '../shell/problem.tsx'
import { bulk_changes } from '../text/bulk-changes.ts'
import { new_lead } from '../text/new-lead.ts'
import { zoneName } from '../text/times.ts'
import { Ask, type FormProps } from './change-ask.tsx'

const words = bulk_changes.dialog

function OutcomeForm(form: FormProps) {
  const { set_up, campaign_id } = form
  const step = useBulkStep()
  const callback_id = useId()
  const [code, setCode] = useState('')
  const [callback, setCallback] = useState<string | null>(null)
  const template = templateOf(set_up, campaign_id)
  const offered =
    set_up.disposition_sets
      .find(({ name }) => name === template?.disposition_set)
      ?.dispositions.filter(({ enabled }) => enabled) ?? []
  const chosen = offered.find((one) => one.code === code)
  const zone = set_up.contact_hours.find(({ name }) => name === template?.contact_hours)?.zone ?? 'UTC'
  const has_time = chosen?.kind === 'callback' || chosen?.kind === 'client_callback'
  const lacks_time = chosen !== undefined && callback === null && needsTime(chosen, null, zone, serverNow())
  const change = chosen &&
    !lacks_time && {
      disposition: chosen.code,
      ...(has_time && callback !== null && { callback: { local: callback } }),
    }
  return (
    <Ask
      {...form}
      deed="outcome"
      change={change || undefined}
      danger={chosen?.kind === 'dnc'}
      said_by_fields={['callback/local']}
      step={step}
    >
      {() => (
        <>
          {offered.length === 0 && <p>{words.outcome.none}</p>}
          <NativeSelect
            data-autofocus
            label={words.outcome.label}
            data={[
              { value: '', label: words.outcome.choose, disabled: true },
              ...offered.map((one) => ({ value: one.code, label: one.code })),
            ]}
            value={code}
            onChange={typed(setCode)}
          />
          {has_time && (
            <DateField
              id={callback_id}
              label={words.outcome.callback}
              description={words.outcome.callback_zone(zoneName(zone))}
              time
              zone={zone}
              value={callback}
              onChange={setCallback}
              error={wrongIn(step.error).get('callback/local')}
            />
          )}
          {chosen && <p className="small">{words.outcome.kinds[chosen.kind]}</p>}
        </>
      )}
    </Ask>
  )
}

function MoveForm(form: FormProps) {
  const { set_up, campaign_id } = form
  const step = useBulkStep()
  const [to, setTo] = useState('')
  const targets = openAllocations(set_up).filter((one) => one.campaign_id === campaign_id)
  return (
    <Ask {...form} deed="move" change={to === '' ? undefined : { to_allocation_id: Number(to) }} step={step}>
      {() =>
        targets.length < 2 ? (
          <p>{words.move.only_one}</p>
        ) : (
          <NativeSelect
            data-autofocus
            label={words.move.label}
            data={[
              { value: '', label: words.move.choose, disabled: true },
              ...targets.map((one) => ({
                value: String(one.allocation_id),
                label: one.started ? one.name : new_lead.stopped(one.name),
              })),
            ]}
            value={to}
            onChange={typed(setTo)}
          />
        )
      }
    </Ask>
  )
}

function DncForm(form: FormProps) {
  const step = useBulkStep()
  const rights = useDncRights()
  const few = (form.meant.lead_ids?.length ?? Number.POSITIVE_INFINITY) <= rights.numbers_max
  const offered = few ? rights.add : rights.files
  const [list, setList] = useState(offered[0]!)
  const [reason, setReason] = useState('')
  const why = reason.trim()
  // What is typed as a reason changes no count.
  return (
    <Ask
      {...form}
      deed="dnc"
      danger
      change={{ dnc: { list } }}
      confirmed={() => ({ dnc: { list, ...(why && { reason: why }) } })}
      step={step}
    >
      {() => (
        <>
          <NativeSelect
            label={words.dnc.list}
            data={offered.map((one) => ({ value: one, label: words.dnc.lists[one] }))}
            value={list}
            onChange={typed((value) => setList(offered.find((one) => one === value)!))}
          />
          <TextInput label={words.dnc.reason} maxLength={200} value={reason} onChange={typed(setReason)} />
          <p className="dimmed small">{words.dnc.no_undo}</p>
        </>
      )}
    </Ask>
  )
}

function ForgetForm(form: FormProps) {
  const step = useBulkStep()
  const [typed_n, setTyped] = useState('')
  return (
    <Ask
      {...form}
      deed="forget"
      danger
      change={{ forget: {} }}
      confirmed={({ leads }) => ({ forget: { leads } })}
      can={({ leads, exact }) => exact && typed_n.replace(/\D/g, '') === String(leads)}
      step={step}
    >
      {(counted) => (
        <>
          <p>{words.forget.what}</p>
          {isStale(step.error) && <Notice tone="warn">{words.forget.changed}</Notice>}
          {counted && !counted.exact && <Notice tone="warn">{words.forget.narrow}</Notice>}
          {counted?.exact && (
            <TextInput
              label={words.forget.confirm(counted.leads)}
              inputMode="numeric"
              autoComplete="off"
              value={typed_n}
              onChange={typed(setTyped)}
            />
          )}
        </>
      )}
    </Ask>
  )
}

export const FORMS = { outcome: OutcomeForm, move: MoveForm, dnc: DncForm, forget: ForgetForm }

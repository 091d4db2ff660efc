// The filters as a row of pills: each says what it is set to, opens its choices, and can be taken away.

import { Button } from '@mantine/core'
import type { SetUp } from '../../api/set-up.ts'
import { day } from '../../text/times.ts'
import { text } from '../../text.ts'
import { CallbackFilter } from './callback-filter.tsx'
import { ChangedByFilter } from './changed-by-filter.tsx'
import { OptionFilter, Pill } from './filter.tsx'
import styles from './leads.module.css'
import { filtersOf, type LeadSearch } from './search.ts'

const words = text.leads.filters

export interface FiltersProps {
  search: LeadSearch
  set_up: SetUp | undefined
  onChange: (patch: Partial<LeadSearch>) => void
}

export function Filters({ search, set_up, onChange }: FiltersProps) {
  const { campaign_id, allocation_id } = search
  const campaigns = set_up?.campaigns ?? []
  const allocations = (set_up?.allocations ?? []).filter(
    (one) => campaign_id === undefined || one.campaign_id === campaign_id,
  )
  const codes = new Set(
    set_up?.disposition_sets.flatMap(({ dispositions }) => dispositions.map(({ code }) => code)),
  )
  const { callback_from: from, callback_to: to } = search
  return (
    <fieldset className={styles.filters} aria-label={words.label}>
      <OptionFilter
        name={words.campaign}
        value={campaign_id?.toString()}
        options={campaigns.map(({ campaign_id: id, name }) => ({ value: String(id), label: name }))}
        onChange={(id) => onChange({ campaign_id: id ? Number(id) : undefined, allocation_id: undefined })}
      />
      <OptionFilter
        name={words.allocation}
        value={allocation_id?.toString()}
        options={allocations.map(({ allocation_id: id, name }) => ({ value: String(id), label: name }))}
        onChange={(id) => onChange({ allocation_id: id ? Number(id) : undefined })}
      />
      <OptionFilter
        name={words.disposition}
        value={search.disposition}
        options={[...codes].map((code) => ({ value: code, label: code }))}
        onChange={(disposition) => onChange({ disposition })}
      />
      <CallbackFilter
        name={words.callback}
        shown={from || to ? words.from_to(from && day(from), to && day(to)) : undefined}
        from={from}
        to={to}
        onChange={onChange}
      />
      <ChangedByFilter value={search.changed_by} onChange={(changed_by) => onChange({ changed_by })} />
      <OptionFilter
        name={words.closed}
        value={search.closed}
        options={[
          { value: 'no', label: words.closed_no },
          { value: 'yes', label: words.closed_yes },
        ]}
        onChange={(closed) => onChange({ closed: closed as LeadSearch['closed'] })}
      />
      <Pill
        name={words.has_conflict}
        pressed={search.has_conflict === true}
        onClick={() => onChange({ has_conflict: search.has_conflict ? undefined : true })}
      />
      {filtersOf(search).some((name) => name !== 'q') && (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => onChange(Object.fromEntries(filtersOf(search).map((name) => [name, undefined])))}
        >
          {words.clear}
        </Button>
      )}
    </fieldset>
  )
}

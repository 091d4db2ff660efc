// The filters as a row of pills: a pill shows its value, opens its choices, and can be removed.

import { Button, Combobox, useCombobox } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { client, must } from '../api/client.ts'
import { useOperator } from '../api/session.ts'
import type { SetUp } from '../api/set-up.ts'
import { filtersOf, type LeadSearch } from '../search.ts'
import { Choices } from '../shell/choices.tsx'
import { fitting } from '../shell/choose.ts'
import { PLAIN_MAX, typed } from '../shell/parts.tsx'
import { text } from '../text.ts'
import { CallbackFilter } from './callback-filter.tsx'
import styles from './leads.module.css'
import { Pill } from './pill.tsx'

const words = text.leads.filters

interface FiltersProps {
  search: LeadSearch
  set_up: SetUp | undefined
  onChange: (patch: Partial<LeadSearch>) => void
}

export function Filters({ search, set_up, onChange }: FiltersProps) {
  const { campaign_id, allocation_id } = search
  const allocations = (set_up?.allocations ?? []).filter(
    (one) => one.draws === null && (campaign_id === undefined || one.campaign_id === campaign_id),
  )
  const codes = new Set(
    set_up?.disposition_sets.flatMap(({ dispositions }) => dispositions.map(({ code }) => code)),
  )
  const others = filtersOf(search).filter((name) => name !== 'q')
  return (
    <fieldset className={`${styles.filters} row`} aria-label={words.label}>
      <OptionFilter
        name={words.campaign}
        value={campaign_id?.toString()}
        options={(set_up?.campaigns ?? []).map((one) => ({
          value: String(one.campaign_id),
          label: one.name,
        }))}
        onChange={(id) => onChange({ campaign_id: id ? Number(id) : undefined, allocation_id: undefined })}
      />
      <OptionFilter
        name={words.allocation}
        value={allocation_id?.toString()}
        options={allocations.map((one) => ({ value: String(one.allocation_id), label: one.name }))}
        onChange={(id) => onChange({ allocation_id: id ? Number(id) : undefined })}
      />
      <OptionFilter
        name={words.disposition}
        value={search.disposition}
        options={[...codes].map((code) => ({ value: code, label: code }))}
        onChange={(disposition) => onChange({ disposition })}
      />
      <CallbackFilter search={search} onChange={onChange} />
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
      {search.import_id && (
        <Pill name={words.of_file} pressed onClick={() => onChange({ import_id: undefined })} />
      )}
      {others.length > 0 && (
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

interface OptionFilterProps {
  name: string
  value: string | undefined
  options: readonly { value: string; label: string }[]
  onChange: (value: string | undefined) => void
}

function OptionFilter({ name, value, options, onChange }: OptionFilterProps) {
  const [sought, setSought] = useState('')
  const searched = options.length > PLAIN_MAX
  const store = useCombobox({
    onDropdownClose: () => {
      store.resetSelectedOption()
      setSought('')
    },
    onDropdownOpen: () => {
      if (searched) store.focusSearchInput()
      else store.selectFirstOption()
    },
  })
  const found = fitting(options, sought)
  // Enter takes the first choice that is left.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed decides which choices are left
  useEffect(() => {
    if (searched && store.dropdownOpened) store.selectFirstOption()
  }, [sought, store.dropdownOpened])
  const shown = options.find((one) => one.value === value)?.label ?? value
  return (
    <Combobox
      store={store}
      width={240}
      position="bottom-start"
      shadow="md"
      onOptionSubmit={(chosen) => {
        onChange(chosen === value ? undefined : chosen)
        store.closeDropdown()
      }}
    >
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <Pill
          name={name}
          shown={shown}
          aria-haspopup="listbox"
          aria-expanded={store.dropdownOpened}
          onClick={() => store.toggleDropdown()}
          onRemove={() => onChange(undefined)}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        {searched && (
          <Combobox.Search
            value={sought}
            onChange={typed(setSought)}
            aria-label={words.find(name)}
            placeholder={words.find(name)}
          />
        )}
        <Choices name={name} choices={found} value={value} />
      </Combobox.Dropdown>
    </Combobox>
  )
}

interface ChangedByProps {
  /** As the API names who did something: operator:3. */
  value: string | undefined
  onChange: (value: string | undefined) => void
}

const actorsQuery = queryOptions({
  queryKey: ['actors'],
  queryFn: async () => (await must(client.actors())).items,
  staleTime: 60_000,
})

type Unnamed = 'system' | `${'operator' | 'key' | 'import'}_unnamed`

/** operator:3 as 'operator_unnamed'. */
const unnamed = (actor: string) => text.lead.actors[actor.replace(/:.*/, '_unnamed') as Unnamed]

/** Offers everybody who has changed a lead that the operator may see, and the operator in any case. */
function ChangedByFilter({ value, onChange }: ChangedByProps) {
  const { operator_id } = useOperator()
  const me = `operator:${operator_id}`
  const { data = [] } = useQuery(actorsQuery)
  const others = data
    .filter(({ actor }) => actor !== me)
    .map(({ actor, actor_name }) => ({ value: actor, label: actor_name || unnamed(actor) }))
    .sort((one, other) => one.label.localeCompare(other.label))
  return (
    <OptionFilter
      name={words.changed_by}
      value={value}
      options={[{ value: me, label: words.me }, ...others]}
      onChange={onChange}
    />
  )
}

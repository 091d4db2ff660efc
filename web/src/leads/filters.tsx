// The filters as a row of pills: a pill shows its value, opens its choices, and can be removed.

import { Button, Combobox, Popover, UnstyledButton, useCombobox } from '@mantine/core'
import IconCheck from '@tabler/icons-react/icons/IconCheck'
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown'
import IconX from '@tabler/icons-react/icons/IconX'
import { useQuery } from '@tanstack/react-query'
import { type ComponentProps, useState } from 'react'
import { hasRole, operatorsQuery, useOperator } from '../api/session.ts'
import type { SetUp } from '../api/set-up.ts'
import { filtersOf, type LeadSearch } from '../search.ts'
import { DateField } from '../shell/date-field.tsx'
import { onSubmit, PLAIN_MAX, typed } from '../shell/parts.tsx'
import { isStored } from '../text/dates.ts'
import { day } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './leads.module.css'

const words = text.leads.filters

interface FiltersProps {
  search: LeadSearch
  set_up: SetUp | undefined
  onChange: (patch: Partial<LeadSearch>) => void
}

export function Filters({ search, set_up, onChange }: FiltersProps) {
  const { campaign_id, allocation_id } = search
  const allocations = (set_up?.allocations ?? []).filter(
    (one) => campaign_id === undefined || one.campaign_id === campaign_id,
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
      <CallbackFilter from={search.callback_from} to={search.callback_to} onChange={onChange} />
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

interface PillProps extends Omit<ComponentProps<'button'>, 'name' | 'value'> {
  name: string
  /** Its value; absent: not set. */
  shown?: string
  /** For a filter that is on or off. */
  pressed?: boolean
  onRemove?: () => void
}

/** A filter as a pill. */
function Pill({ name, shown, pressed, onRemove, className, ...button }: PillProps) {
  const label = shown === undefined ? name : words.chip(name, shown)
  return (
    <span className={styles.pill} data-set={shown !== undefined || pressed || undefined}>
      <UnstyledButton
        {...button}
        className={[styles.button, className].filter(Boolean).join(' ')}
        aria-pressed={pressed}
        aria-label={label}
      >
        {pressed && <IconCheck size={13} aria-hidden />}
        <span className={styles.text}>{label}</span>
        {pressed === undefined && shown === undefined && <IconChevronDown size={13} aria-hidden />}
      </UnstyledButton>
      {shown !== undefined && onRemove && (
        <UnstyledButton className={styles.remove} aria-label={words.remove(name)} onClick={onRemove}>
          <IconX size={13} aria-hidden />
        </UnstyledButton>
      )}
    </span>
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
  const found = options.filter(({ label }) => label.toLowerCase().includes(sought.trim().toLowerCase()))
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
            onChange={typed((value) => {
              setSought(value)
              store.updateSelectedOptionIndex()
            })}
            aria-label={words.find(name)}
            placeholder={words.find(name)}
          />
        )}
        <Combobox.Options mah={260} style={{ overflowY: 'auto' }} aria-label={name}>
          {found.map((option) => (
            <Combobox.Option key={option.value} value={option.value} active={option.value === value}>
              <span className={`${styles.option} small`}>
                {option.label}
                {option.value === value && <IconCheck size={14} aria-hidden />}
              </span>
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{words.nothing}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

interface ChangedByProps {
  /** As the API names who did something: operator:3. */
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** Offers the operator, and to those who may see the operators, everybody. */
function ChangedByFilter({ value, onChange }: ChangedByProps) {
  const me = useOperator()
  const { data: operators = [] } = useQuery({ ...operatorsQuery, enabled: hasRole(me, 'admin') })
  const others = operators.filter(({ operator_id }) => operator_id !== me.operator_id)
  return (
    <OptionFilter
      name={words.changed_by}
      value={value}
      options={[{ ...me, name: words.me }, ...others].map(({ operator_id, name }) => ({
        value: `operator:${operator_id}`,
        label: name,
      }))}
      onChange={onChange}
    />
  )
}

/** A day of the operator's calendar: 2026-11-30. */
function dayFromNow(days: number): string {
  const now = new Date()
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 12)
  return day.toLocaleDateString('sv')
}

/** Days are counted from today. */
const PRESETS = [
  { label: words.overdue, to: -1 },
  { label: words.today, from: 0, to: 0 },
  { label: words.tomorrow, from: 1, to: 1 },
  { label: words.week, from: 0, to: 6 },
]

interface CallbackFilterProps {
  from: string | undefined
  to: string | undefined
  onChange: (patch: Pick<LeadSearch, 'callback_from' | 'callback_to'>) => void
}

function CallbackFilter({ from, to, onChange }: CallbackFilterProps) {
  const [open, setOpen] = useState(false)
  const [range, setRange] = useState({ from: '', to: '' })
  const choose = ({ from, to }: { from?: string; to?: string }) => {
    if ([from, to].some((day) => day && !isStored(day))) return
    onChange({ callback_from: from || undefined, callback_to: to || undefined })
    setOpen(false)
  }
  const input = (name: 'from' | 'to') => ({
    label: words[`callback_${name}`],
    value: range[name],
    onChange: (day: string | null) => setRange({ ...range, [name]: day ?? '' }),
  })
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Pill
          name={words.callback}
          shown={from || to ? words.from_to(from && day(from), to && day(to)) : undefined}
          onClick={() => {
            setRange({ from: from ?? '', to: to ?? '' })
            setOpen(!open)
          }}
          onRemove={() => onChange({ callback_from: undefined, callback_to: undefined })}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <form className={`${styles.form} stack`} onSubmit={onSubmit(() => choose(range))}>
          <div className="row">
            {PRESETS.map(({ label, from, to }) => (
              <Button
                key={label}
                size="compact-sm"
                onClick={() =>
                  choose({ from: from === undefined ? undefined : dayFromNow(from), to: dayFromNow(to) })
                }
              >
                {label}
              </Button>
            ))}
          </div>
          <div className={styles.range}>
            <DateField {...input('from')} />
            <DateField {...input('to')} />
          </div>
          <Button variant="filled" type="submit" size="xs">
            {words.apply}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

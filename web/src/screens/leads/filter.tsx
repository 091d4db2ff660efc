// A filter as a pill: one of a list, or on and off.

import { Combobox, UnstyledButton, useCombobox } from '@mantine/core'
import IconCheck from '@tabler/icons-react/icons/IconCheck'
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown'
import IconX from '@tabler/icons-react/icons/IconX'
import { type ComponentProps, type Ref, useState } from 'react'
import { text } from '../../text.ts'
import styles from './filter.module.css'

const words = text.leads.filters

export interface PillProps extends Omit<ComponentProps<'button'>, 'name' | 'value'> {
  ref?: Ref<HTMLButtonElement>
  name: string
  /** What it is set to; absent: not set. */
  shown?: string
  /** For one that is on or off. */
  pressed?: boolean
  onRemove?: () => void
}

export function Pill({ ref, name, shown, pressed, onRemove, className, ...button }: PillProps) {
  const set = shown !== undefined || pressed === true
  return (
    <span className={styles.pill} data-set={set || undefined}>
      <UnstyledButton
        ref={ref}
        {...button}
        className={[styles.button, className].filter(Boolean).join(' ')}
        aria-pressed={pressed}
        aria-label={shown === undefined ? name : words.chip(name, shown)}
      >
        {pressed && <IconCheck size={13} aria-hidden />}
        <span className={styles.text}>{shown === undefined ? name : words.chip(name, shown)}</span>
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

/** More choices than these can be searched. */
const PLAIN_MAX = 8

export interface OptionFilterProps {
  name: string
  value: string | undefined
  options: readonly { value: string; label: string }[]
  onChange: (value: string | undefined) => void
}

export function OptionFilter({ name, value, options, onChange }: OptionFilterProps) {
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
  const shown = value === undefined ? undefined : (options.find((one) => one.value === value)?.label ?? value)
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
            onChange={(event) => {
              setSought(event.currentTarget.value)
              store.updateSelectedOptionIndex()
            }}
            aria-label={words.find(name)}
            placeholder={words.find(name)}
          />
        )}
        <Combobox.Options className={styles.options} aria-label={name}>
          {found.map((option) => (
            <Combobox.Option key={option.value} value={option.value} active={option.value === value}>
              <span className={styles.option}>
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

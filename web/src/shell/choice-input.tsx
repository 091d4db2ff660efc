// An input that takes one of a list: typing narrows the list, and Enter takes the choice on top.

import { Combobox, TextInput, type TextInputProps, useCombobox } from '@mantine/core'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { Choices, type ChoicesProps } from './choices.tsx'
import { fitting } from './choose.ts'
import { typed } from './parts.tsx'

interface ChoiceInputProps extends Omit<ChoicesProps, 'name'>, Omit<TextInputProps, 'value' | 'onChange'> {
  value: string | null
  /** The choice that was there already can be chosen again. */
  onChoose: (value: string) => void
  /** Makes it possible to choose nothing. */
  onClear?: () => void
  /** Short lists need no typing. */
  searchable?: boolean
}

export function ChoiceInput({
  choices,
  value,
  nothing,
  onChoose,
  onClear,
  searchable = true,
  ...input
}: ChoiceInputProps) {
  /** Null: nothing is typed. */
  const [sought, setSought] = useState<string | null>(null)
  const store = useCombobox({
    onDropdownOpen: () => store.updateSelectedOptionIndex('active', { scrollIntoView: true }),
    onDropdownClose: () => store.resetSelectedOption(),
  })
  const found = fitting(choices, sought ?? '')
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed decides which choice is on top
  useEffect(() => {
    if (sought !== null) store.selectFirstOption()
  }, [sought])
  const choose = (chosen: string) => {
    setSought(null)
    store.closeDropdown()
    onChoose(chosen)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter may come before the list is drawn, and so before one is marked.
    const is_early = event.key === 'Enter' && sought !== null && store.getSelectedOptionIndex() < 0
    const best = found.find(({ disabled }) => !disabled)
    if (!is_early || !store.dropdownOpened || !best) return
    event.preventDefault()
    choose(best.value)
  }
  const clearing = onClear !== undefined && value !== null
  const name = input['aria-label'] ?? (typeof input.label === 'string' ? input.label : undefined)
  return (
    <Combobox store={store} shadow="md" onOptionSubmit={choose}>
      <Combobox.Target targetType={searchable ? 'input' : 'button'} withExpandedAttribute>
        <TextInput
          {...input}
          pointer={!searchable}
          readOnly={!searchable}
          value={sought ?? choices.find((one) => one.value === value)?.label ?? ''}
          onChange={typed((text) => {
            setSought(text)
            store.resetSelectedOption()
            store.openDropdown()
          })}
          onKeyDown={onKeyDown}
          onFocus={({ currentTarget }) => {
            if (!searchable) return
            store.openDropdown()
            // Typing replaces the choice.
            currentTarget.select()
          }}
          onBlur={() => {
            setSought(null)
            store.closeDropdown()
          }}
          onClick={() => (searchable ? store.openDropdown() : store.toggleDropdown())}
          rightSection={clearing ? <Combobox.ClearButton onClear={onClear} /> : <Combobox.Chevron />}
          rightSectionPointerEvents={clearing ? 'auto' : 'none'}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Choices name={name} choices={found} value={value} nothing={nothing} />
      </Combobox.Dropdown>
    </Combobox>
  )
}

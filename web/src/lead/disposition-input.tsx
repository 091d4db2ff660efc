import { Select } from '@mantine/core'
import { fold } from '../../../src/core/field.ts'
import { text } from '../text.ts'
import styles from './input.module.css'
import type { LeadSetUp } from './set-up.ts'

const words = text.lead.outcome

export interface DispositionInputProps {
  id: string
  value: string | null
  onChange: (code: string) => void
  set_up: LeadSetUp
  error?: boolean
  'aria-label'?: string
  'aria-describedby'?: string
}

export function DispositionInput({ value, onChange, set_up, ...input }: DispositionInputProps) {
  const offered = [...set_up.dispositions.values()].filter(({ enabled }) => enabled).map(({ code }) => code)
  const stored = value !== null && !offered.includes(value) ? [value] : []
  return (
    <Select
      {...input}
      searchable
      selectFirstOptionOnChange
      allowDeselect={false}
      placeholder={words.pick}
      nothingFoundMessage={words.nothing}
      data={[
        ...offered.map((code) => ({ value: code, label: code })),
        ...stored.map((code) => ({ value: code, label: code, disabled: true })),
      ]}
      value={value}
      // What is typed takes the place of what stands there.
      onFocus={({ currentTarget }) => currentTarget.select()}
      // The one that the lead has already can be given again: it is an outcome of its own.
      onOptionSubmit={onChange}
      renderOption={({ option }) => {
        const kind = set_up.dispositions.get(fold(option.value))?.kind
        return (
          <span className={styles.option}>
            <span>{option.label}</span>
            <span className={styles.consequence} data-kind={kind}>
              {kind ? words.consequences[kind] : words.disabled}
            </span>
          </span>
        )
      }}
    />
  )
}

// A list of choices, within a Combobox.

import { Combobox } from '@mantine/core'
import IconCheck from '@tabler/icons-react/icons/IconCheck'
import type { ReactNode } from 'react'
import { text } from '../text.ts'
import styles from './shell.module.css'

export interface Choice {
  value: string
  label: string
  disabled?: boolean
  /** The heading that it comes under. */
  group?: string
  /** A line below its label. */
  note?: ReactNode
}

export interface ChoicesProps {
  /** The name of the list. */
  name: string | undefined
  choices: readonly Choice[]
  /** The one that is chosen. */
  value: string | null | undefined
  /** Said when nothing fits. */
  nothing?: string
}

export function Choices({ name, choices, value, nothing = text.leads.filters.nothing }: ChoicesProps) {
  const groups = [...Map.groupBy(choices, ({ group }) => group)]
  return (
    <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={name}>
      {groups.map(([group, some]) => {
        const options = some.map((one) => <Option key={one.value} {...one} chosen={one.value === value} />)
        return group === undefined ? (
          options
        ) : (
          <Combobox.Group key={group} label={group}>
            {options}
          </Combobox.Group>
        )
      })}
      {choices.length === 0 && <Combobox.Empty>{nothing}</Combobox.Empty>}
    </Combobox.Options>
  )
}

const Option = ({ value, label, note, disabled, chosen }: Choice & { chosen: boolean }) => (
  <Combobox.Option value={value} disabled={disabled} active={chosen} aria-selected={chosen}>
    <span className={`${styles.option} small`}>
      {label}
      {chosen && <IconCheck size={14} aria-hidden />}
    </span>
    {note}
  </Combobox.Option>
)

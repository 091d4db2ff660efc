import { TextInput } from '@mantine/core'
import { type FieldProblem, problemAt } from '../../fields/problems.ts'
import { text } from '../../text.ts'
import type { Draft } from './draft.ts'
import styles from './new-lead.module.css'

const words = text.new_lead

export interface MoreInputsProps {
  draft: Draft
  contact_hours: string | undefined
  problems: readonly FieldProblem[]
  onChange: (patch: Partial<Draft>) => void
}

export function MoreInputs({ draft, contact_hours, problems, onChange }: MoreInputsProps) {
  const input = (key: 'external_id' | 'source' | 'priority' | 'callback') => ({
    id: key,
    label: words.labels[key],
    value: draft[key],
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [key]: event.currentTarget.value }),
    error: problemAt(problems, key),
    autoComplete: 'off',
  })
  return (
    <div className={styles.grid}>
      <TextInput {...input('external_id')} description={words.external_id_hint} />
      <TextInput {...input('source')} description={words.source_hint} />
      <TextInput
        {...input('callback')}
        type="datetime-local"
        description={contact_hours && words.callback_hint(contact_hours)}
      />
      <TextInput {...input('priority')} inputMode="numeric" description={words.priority_hint} />
    </div>
  )
}

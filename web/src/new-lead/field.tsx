// One value of a new lead: the same input as on the page of a lead, with its label, a hint and its problem.

import type { Scalar } from '../../../src/core/merge.ts'
import { Editor } from '../lead/editor.tsx'
import { useLeadSetUp, zoneOf } from '../lead/set-up.ts'
import { fieldOf, inputId, labelOf } from '../lead/show.tsx'
import { DateField } from '../shell/date-field.tsx'
import styles from './new-lead.module.css'

interface NewValueProps {
  path: string
  value: Scalar
  onChange: (value: Scalar) => void
  hint?: string
  problem?: string
}

export function NewValue({ path, hint, problem, value, onChange }: NewValueProps) {
  const set_up = useLeadSetUp()
  const id = inputId(path)
  const label = labelOf(path, set_up)
  const zone = zoneOf(set_up, null) ?? 'UTC'
  const is_callback = path === 'callback'
  if (is_callback || fieldOf(path, set_up)?.kind === 'date')
    return (
      <DateField
        id={id}
        label={label}
        value={value === null ? null : String(value)}
        onChange={onChange}
        time={is_callback}
        zone={is_callback ? zone : undefined}
        description={hint}
        error={problem}
      />
    )
  const notes = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean)
  return (
    <div className={styles.field} data-wide={fieldOf(path, set_up)?.kind === 'long_text' || undefined}>
      <label htmlFor={id}>{label}</label>
      <Editor
        path={path}
        id={id}
        value={value}
        onChange={onChange}
        zone={zone}
        described_by={notes.length > 0 ? notes.join(' ') : undefined}
        invalid={problem !== undefined}
      />
      {problem && (
        <p id={`${id}-problem`} className={`${styles.problem} tiny`}>
          {problem}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="dimmed tiny">
          {hint}
        </p>
      )}
    </div>
  )
}

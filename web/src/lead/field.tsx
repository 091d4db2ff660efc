// One value of the form: its input, what it was, what is wrong with it.

import { ActionIcon, Tooltip } from '@mantine/core'
import IconArrowBackUp from '@tabler/icons-react/icons/IconArrowBackUp'
import type { ReactNode } from 'react'
import type { Scalar } from '../../../src/core/merge.ts'
import { text } from '../text.ts'
import { Editor } from './editor.tsx'
import styles from './form.module.css'
import type { LeadSetUp } from './set-up.ts'
import { labelOf, shownValue } from './show.ts'

const words = text.lead

export interface FieldProps {
  path: string
  value: Scalar
  /** What it was before the edit; undefined: it is not edited. */
  before: Scalar | undefined
  onChange: (value: Scalar) => void
  onTakeBack: () => void
  set_up: LeadSetUp
  zone: string
  problem?: string
  /** Somebody else changed it just now. */
  fresh?: boolean
  wide?: boolean
  /** Below the input: the state of a number. */
  below?: ReactNode
  hint?: string
}

/** Fields are named by people: any text, made fit for an id. */
export const inputId = (path: string) => `value-${encodeURIComponent(path).replaceAll('%', '_')}`

export function FormField({ path, value, before, problem, fresh, wide, below, hint, ...rest }: FieldProps) {
  const { set_up, zone, onChange, onTakeBack } = rest
  const id = inputId(path)
  const label = labelOf(path, set_up)
  const is_edited = before !== undefined
  const notes = [hint && `${id}-hint`, is_edited && `${id}-was`, problem && `${id}-problem`].filter(Boolean)
  return (
    <div
      className={styles.field}
      data-edited={is_edited || undefined}
      data-fresh={fresh || undefined}
      data-wide={wide || undefined}
    >
      <div className={styles.label}>
        <label htmlFor={id}>{label}</label>
        {is_edited && <span className={styles.mark}>{words.field.edited}</span>}
        {fresh && <span className={styles.freshly}>{words.field.fresh}</span>}
      </div>
      <Editor
        path={path}
        value={value}
        onChange={onChange}
        set_up={set_up}
        zone={zone}
        id={id}
        described_by={notes.length > 0 ? notes.join(' ') : undefined}
        invalid={problem !== undefined}
      />
      {below}
      {problem && (
        <p id={`${id}-problem`} className={styles.problem}>
          {problem}
        </p>
      )}
      {hint && !is_edited && (
        <p id={`${id}-hint`} className={styles.note}>
          {hint}
        </p>
      )}
      {is_edited && (
        <div className={styles.was}>
          <span id={`${id}-was`}>{words.field.was(shownValue(path, before, set_up) ?? words.empty)}</span>
          <Tooltip label={words.field.take_back(label)}>
            <ActionIcon
              size={24}
              variant="subtle"
              color="gray"
              aria-label={words.field.take_back(label)}
              onClick={onTakeBack}
            >
              <IconArrowBackUp size={15} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </div>
  )
}

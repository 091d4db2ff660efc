// The inputs of a field that can be changed.

import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { TemplateField } from '../../../src/client/api.ts'
import { FIELD_KINDS, type FieldKind } from '../../../src/core/field.ts'
import { typed } from '../shell/parts.tsx'
import { template } from '../text/template.ts'

const words = template.form

export type FieldValues = Pick<TemplateField, 'label' | 'kind' | 'aliases' | 'choices' | 'merge_group'>

interface FieldInputsProps {
  values: FieldValues
  /** The kinds that it can have. */
  kinds: readonly FieldKind[]
  onChange: (change: Partial<FieldValues>) => void
  problemOf: (key: keyof FieldValues) => string | undefined
}

/** A phone field stays one, and no other becomes one. */
export const kindsFrom = (kind: FieldKind): readonly FieldKind[] =>
  kind === 'phone' ? ['phone'] : FIELD_KINDS.filter((one) => one !== 'phone')

export function FieldInputs({ values, kinds, onChange, problemOf }: FieldInputsProps) {
  const { label, kind, aliases, choices, merge_group } = values
  return (
    <>
      <TextInput
        label={words.label}
        description={words.label_hint}
        maxLength={200}
        value={label}
        error={problemOf('label')}
        onChange={typed((label) => onChange({ label }))}
      />
      <NativeSelect
        label={words.kind}
        disabled={kinds.length < 2}
        value={kind}
        data={kinds.map((value) => ({ value, label: template.fields.kinds[value] }))}
        error={problemOf('kind')}
        onChange={typed((chosen) =>
          onChange({ kind: chosen as FieldKind, choices: chosen === 'choice' ? (choices ?? []) : null }),
        )}
      />
      {kind === 'choice' && (
        <Lines
          label={words.choices}
          hint={words.choices_hint}
          value={choices ?? []}
          error={problemOf('choices')}
          onChange={(choices) => onChange({ choices })}
        />
      )}
      <Lines
        label={words.aliases}
        hint={words.aliases_hint}
        value={aliases}
        error={problemOf('aliases')}
        onChange={(aliases) => onChange({ aliases })}
      />
      <Group
        value={merge_group}
        error={problemOf('merge_group')}
        onChange={(merge_group) => onChange({ merge_group })}
      />
    </>
  )
}

interface GroupProps {
  value: string | null
  error: string | undefined
  onChange: (group: string | null) => void
}

function Group({ value, error, onChange }: GroupProps) {
  // A blank that is typed last stays in sight: the next word follows.
  const [text, setText] = useState<string | null>(null)
  return (
    <TextInput
      label={words.group}
      description={words.group_hint}
      maxLength={100}
      value={text ?? value ?? ''}
      error={error}
      onChange={typed((next) => {
        setText(next)
        onChange(next.trim() || null)
      })}
      onBlur={() => setText(null)}
    />
  )
}

interface LinesProps {
  label: string
  hint: string
  value: readonly string[]
  error: string | undefined
  onChange: (lines: string[]) => void
}

/** A list of texts, one on each line. */
function Lines({ label, hint, value, error, onChange }: LinesProps) {
  const [text, setText] = useState<string | null>(null)
  return (
    <Textarea
      label={label}
      description={hint}
      autosize
      minRows={2}
      maxRows={8}
      value={text ?? value.join('\n')}
      error={error}
      onBlur={() => setText(null)}
      onChange={typed((next) => {
        setText(next)
        onChange(
          next
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== ''),
        )
      })}
    />
  )
}

// Adds a field to a template, behind the others.

import { useState } from 'react'
import type { Template } from '../../../src/client/api.ts'
import { FIELD_KINDS } from '../../../src/core/field.ts'
import { client } from '../api/client.ts'
import { NameDialog } from '../set-up/name-dialog.tsx'
import { toast } from '../shell/toast.tsx'
import { template as text } from '../text/template.ts'
import { FieldInputs, type FieldValues } from './inputs.tsx'

const words = text.form

const PLAIN: FieldValues = { label: '', kind: 'text', aliases: [], choices: null, merge_group: null }

interface NewFieldProps {
  template: Template
  onChanged: () => void
  onClose: () => void
}

export function NewField({ template, onChanged, onClose }: NewFieldProps) {
  const [values, setValues] = useState(PLAIN)
  const { label, choices, ...rest } = values
  return (
    <NameDialog
      title={words.new_title}
      label={words.name}
      hint={words.name_hint}
      submit={words.add}
      moved={words.moved}
      send={(name) =>
        client.addField(
          template.template_id,
          { name, label: label.trim() || name, ...rest, ...(choices ? { choices } : {}) },
          {},
          template.version,
        )
      }
      onDone={(_, name) => {
        onChanged()
        toast(words.added(label.trim() || name))
      }}
      onClose={onClose}
    >
      <FieldInputs
        values={values}
        kinds={FIELD_KINDS}
        onChange={(change) => setValues({ ...values, ...change })}
        problemOf={() => undefined}
      />
    </NameDialog>
  )
}

// Changes a field of a template, or retires it.

import { Button } from '@mantine/core'
import { useState } from 'react'
import type { FieldChange, Template, TemplateField } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import { differences } from '../set-up/differences.ts'
import { useEditing } from '../set-up/editing.ts'
import { Refusal } from '../set-up/refusal.tsx'
import { Met, Review, ToReview } from '../set-up/review.tsx'
import { SureDialog } from '../set-up/sure-dialog.tsx'
import { Modal } from '../shell/modal.tsx'
import { onSubmit } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { set_up as common } from '../text/set-up.ts'
import { template as text } from '../text/template.ts'
import { FieldInputs, kindsFrom } from './inputs.tsx'
import { FIELD_SHOWN, type VersionedField } from './shown.ts'

const words = text.form

interface EditFieldProps {
  template: Template
  field: TemplateField
  onChanged: () => void
  onClose: () => void
}

export function EditField({ template, field, onChanged, onClose }: EditFieldProps) {
  const [retiring, setRetiring] = useState(false)
  const { template_id, version } = template
  const { name, label, kind } = field
  const editing = useEditing<VersionedField>({
    thing: { ...field, version },
    find: ({ templates }) => {
      const now = templates.find((one) => one.template_id === template_id)
      const found = now?.fields.find((one) => one.name === name)
      return now && found && { ...found, version: now.version }
    },
    // Without the choices of a field that has none any more: they go with the kind.
    send: ({ choices, ...changes }, query, base_version) =>
      client.changeField(
        template_id,
        name,
        { ...changes, ...(choices ? { choices } : {}) } as FieldChange,
        query,
        base_version,
      ),
    onSaved: (saved) => {
      onChanged()
      onClose()
      toast(words.saved(saved.label))
    },
  })
  if (retiring)
    return (
      <SureDialog
        title={words.retire_title(label)}
        says={(n) => words.retire_says(n) + (kind === 'phone' ? words.retire_phone : '')}
        submit={words.retire_submit}
        done={words.retired(label)}
        of={['field', template_id, name, version]}
        send={(query) => client.changeField(template_id, name, { retired: true }, query, version)}
        onClose={onClose}
        onDone={onChanged}
      />
    )
  const between = (before: VersionedField, after: VersionedField) => differences(before, after, FIELD_SHOWN)
  return (
    <Modal
      opened
      onClose={() => editing.isSaving() || onClose()}
      title={words.title(label)}
      size="lg"
      centered
    >
      {editing.touched !== undefined ? (
        <Review
          editing={editing}
          differences={between(editing.base, editing.value)}
          notes={editing.changes.kind === undefined ? [] : [words.kind_note]}
        />
      ) : (
        <form className="stack" onSubmit={onSubmit(editing.review)}>
          {editing.met && <Met differences={between(editing.met, editing.base)} />}
          <FieldInputs
            values={editing.value}
            kinds={kindsFrom(editing.base.kind)}
            onChange={editing.set}
            problemOf={editing.problemOf}
          />
          {editing.error && <Refusal error={editing.error} onRetry={editing.review} />}
          <div className="row">
            <ToReview editing={editing}>{words.review}</ToReview>
            <Button onClick={() => setRetiring(true)}>{words.retire}</Button>
            <Button onClick={onClose}>{common.cancel}</Button>
          </div>
        </form>
      )}
    </Modal>
  )
}

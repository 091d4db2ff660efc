// Changes an outcome: first its rule, then what becomes different and how many leads have it.

import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Disposition, DispositionSet } from '../../../src/client/api.ts'
import { outcomeSentence } from '../../../src/core/outcome-sentence.ts'
import { client } from '../api/client.ts'
import { differences, type Shown } from '../set-up/differences.ts'
import { useEditing } from '../set-up/editing.ts'
import { Refusal } from '../set-up/refusal.tsx'
import { Met, Review, ToReview } from '../set-up/review.tsx'
import { SureDialog } from '../set-up/sure-dialog.tsx'
import { Modal } from '../shell/modal.tsx'
import { onSubmit } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { outcomes as words } from '../text/outcomes.ts'
import { set_up as common } from '../text/set-up.ts'
import { RuleInputs } from './form.tsx'

const { form, shown } = words

type Outcome = Disposition & { version: number }

/** Everything but urgency and use is in the sentence. */
const SHOWN: Shown<Outcome & { sentence: string }> = {
  sentence: [shown.sentence, (sentence) => sentence],
  kind: [shown.kind, (kind) => form.kinds[kind]],
  priority: [shown.priority, String],
  enabled: [shown.on, (enabled) => (enabled ? common.yes : common.no)],
}

const withSentence = (outcome: Outcome) => ({ ...outcome, sentence: outcomeSentence(outcome) })
const between = (before: Outcome, after: Outcome) =>
  differences(withSentence(before), withSentence(after), SHOWN)

interface EditOutcomeProps {
  set: DispositionSet
  outcome: Disposition
  onClose: () => void
}

export function EditOutcome({ set, outcome, onClose }: EditOutcomeProps) {
  const [removing, setRemoving] = useState(false)
  const { disposition_set_id: set_id, version } = set
  const { code, built_in } = outcome
  const editing = useEditing<Outcome>({
    thing: { ...outcome, version },
    find: ({ disposition_sets }) => {
      const now = disposition_sets.find((one) => one.disposition_set_id === set_id)
      const found = now?.dispositions.find((one) => one.code === code)
      return now && found && { ...found, version: now.version }
    },
    send: (changes, query, base_version) =>
      client.changeDisposition(set_id, code, changes, query, base_version),
    onSaved: () => {
      onClose()
      toast(form.saved(code))
    },
  })
  if (removing)
    return (
      <SureDialog
        title={words.remove_title(code)}
        says={() => words.remove_outcome}
        submit={words.remove_submit}
        done={words.removed(code)}
        of={['outcome', set_id, code, version]}
        send={(query) => client.deleteDisposition(set_id, code, query, version)}
        onClose={onClose}
      />
    )
  return (
    <Modal opened onClose={() => editing.isSaving() || onClose()} title={form.title(code)} size="lg" centered>
      {editing.touched !== undefined ? (
        <Review
          editing={editing}
          differences={between(editing.base, editing.value)}
          notes={[form.kind_note, ...(set.used_by.length > 1 ? [words.shared(set.used_by.length)] : [])]}
        />
      ) : (
        <form className="stack" onSubmit={onSubmit(editing.review)}>
          {editing.met && <Met differences={between(editing.met, editing.base)} />}
          <RuleInputs
            rule={editing.value}
            built_in={built_in}
            onChange={editing.set}
            problemOf={editing.problemOf}
          />
          {editing.error && <Refusal error={editing.error} onRetry={editing.review} />}
          <div className="row">
            <ToReview editing={editing}>{form.review}</ToReview>
            {!built_in && <Button onClick={() => setRemoving(true)}>{form.remove}</Button>}
            <Button onClick={onClose}>{common.cancel}</Button>
          </div>
        </form>
      )}
    </Modal>
  )
}

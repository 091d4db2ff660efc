// Records a consent of a lead, or that it was withdrawn.

import { Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { NewConsent } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { consentsChanged } from '../api/lead.ts'
import { OneOf } from '../shell/choices-field.tsx'
import { DateField } from '../shell/date-field.tsx'
import { FormDialog, wrongIn } from '../shell/form-dialog.tsx'
import { typed } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { consents } from '../text/consents.ts'
import { isStored } from '../text/dates.ts'
import { startOfDay } from '../text/times.ts'

const FIELDS = ['text', 'given_by', 'given_at', 'source', 'expires_at']
const LINE_MAX = 1_000

/** The instant of what was typed, in the operator's own zone; what is no date is the server's to refuse. */
const instantOfTyped = (local: string) => (isStored(local) ? new Date(local).toISOString() : local)
const endOfDay = (day: string) => (isStored(day) ? startOfDay(day, 1).toISOString() : day)

export interface ConsentDialogProps {
  lead_id: string
  onClose: () => void
  /** It is recorded. */
  onDone: () => void
}

export function AddConsent({ lead_id, onClose, onDone }: ConsentDialogProps) {
  const { form, kinds } = consents
  const [kind, setKind] = useState<NewConsent['kind']>('express')
  const [wording, setWording] = useState('')
  const [given_by, setGivenBy] = useState('')
  const [given_at, setGivenAt] = useState<string | null>(null)
  const [source, setSource] = useState('')
  const [ends, setEnds] = useState<'law' | 'never' | 'day'>('law')
  const [last_day, setLastDay] = useState<string | null>(null)
  const saving = useSaving(
    () =>
      must(
        client.addConsent(lead_id, {
          kind,
          text: wording,
          given_by,
          source,
          ...(given_at !== null && { given_at: instantOfTyped(given_at) }),
          ...(ends === 'never' && { expires_at: null }),
          ...(ends === 'day' && { expires_at: endOfDay(last_day ?? '') }),
        }),
      ),
    { lead_id, said: form.done, onDone },
  )
  const wrong = wrongIn(saving.error)
  return (
    <FormDialog
      title={consents.add}
      submit={form.submit}
      saving={saving}
      said_by_fields={FIELDS}
      can={wording.trim() !== '' && (ends !== 'day' || last_day !== null)}
      onSend={saving.send}
      onClose={onClose}
    >
      <Textarea
        data-autofocus
        label={form.text}
        autosize
        minRows={3}
        maxRows={10}
        required
        value={wording}
        error={wrong.get('text')}
        onChange={typed(setWording)}
      />
      <OneOf
        label={form.kind}
        choices={(['express', 'inferred'] as const).map((value) => ({
          value,
          label: kinds[value],
          hint: form.kind_hints[value],
        }))}
        value={kind}
        onChange={setKind}
      />
      <TextInput
        label={form.source}
        description={form.source_hint}
        maxLength={LINE_MAX}
        value={source}
        error={wrong.get('source')}
        onChange={typed(setSource)}
      />
      <TextInput
        label={form.given_by}
        maxLength={LINE_MAX}
        value={given_by}
        error={wrong.get('given_by')}
        onChange={typed(setGivenBy)}
      />
      <DateField
        label={form.given_at}
        description={form.given_at_hint}
        time
        value={given_at}
        error={wrong.get('given_at')}
        onChange={setGivenAt}
      />
      <OneOf
        label={form.ends}
        choices={[
          { value: 'law', label: form.ends_law, hint: form.ends_law_hint },
          { value: 'never', label: form.ends_never },
          { value: 'day', label: form.ends_day },
        ]}
        value={ends}
        error={ends === 'day' ? undefined : wrong.get('expires_at')}
        onChange={setEnds}
      />
      {ends === 'day' && (
        <DateField
          label={form.last_day}
          value={last_day}
          error={wrong.get('expires_at')}
          onChange={setLastDay}
        />
      )}
    </FormDialog>
  )
}

export interface WithdrawConsentProps extends ConsentDialogProps {
  consent_id: number
}

export function WithdrawConsent({ lead_id, consent_id, onClose, onDone }: WithdrawConsentProps) {
  const { withdrawal } = consents
  const [reason, setReason] = useState('')
  const saving = useSaving(() => must(client.withdrawConsent(lead_id, consent_id, { reason })), {
    lead_id,
    said: withdrawal.done,
    onDone,
  })
  return (
    <FormDialog
      title={withdrawal.title}
      submit={withdrawal.submit}
      danger
      saving={saving}
      onSend={saving.send}
      onClose={onClose}
    >
      <p>{withdrawal.says}</p>
      <TextInput label={withdrawal.reason} maxLength={LINE_MAX} value={reason} onChange={typed(setReason)} />
    </FormDialog>
  )
}

/** Sends once, however often a key is pressed: a consent that is recorded twice stays on record twice. */
function useSaving(
  mutationFn: () => Promise<unknown>,
  { lead_id, said, onDone }: { lead_id: string; said: string; onDone: () => void },
) {
  const sent = useRef(false)
  const saving = useMutation({
    mutationFn,
    onSuccess: () => {
      onDone()
      toast(said)
    },
    onError: () => {
      sent.current = false
    },
    onSettled: () => consentsChanged(lead_id),
  })
  const send = () => {
    if (sent.current) return
    sent.current = true
    saving.mutate()
  }
  return { ...saving, send }
}

// A file of numbers is chosen for a list.

import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { DncList, NewDncFile } from '../../../src/client/api.ts'
import { dncChanged } from '../api/dnc.ts'
import { sendFile } from '../api/dnc-files.ts'
import { useSetUp } from '../api/set-up.ts'
import { OneOf } from '../shell/choices-field.tsx'
import { FormDialog } from '../shell/form-dialog.tsx'
import { typed } from '../shell/parts.tsx'
import { dnc } from '../text/dnc.ts'
import { dncFiles as words } from '../text/dnc-files.ts'
import { useDncRights } from './rights.ts'
import { Followed, useSending } from './send-file.tsx'

const MODES = ['add', 'replace'] as const
const SAID = {
  goes_on: words.goes_on,
  counts: words.done,
  failed: words.failed,
  cancelled: words.cancelled,
}
const FIELDS = ['name', 'bytes', 'campaign_id', 'reason']

export function ImportFile({ onClose }: { onClose: () => void }) {
  const [file_id, setFile] = useState<number | null>(null)
  return file_id === null ? (
    <Choose onSent={setFile} onClose={onClose} />
  ) : (
    <Followed file_id={file_id} title={words.title} said={SAID} onOver={dncChanged} onClose={onClose} />
  )
}

function Choose({ onSent, onClose }: { onSent: (file_id: number) => void; onClose: () => void }) {
  const { files: lists } = useDncRights()
  const campaigns = useSetUp().data?.campaigns ?? []
  const [list, setList] = useState<DncList>(lists[0] ?? 'private')
  const [campaign_id, setCampaign] = useState(campaigns[0]?.campaign_id)
  const [mode, setMode] = useState<NewDncFile['mode']>('add')
  const [reason, setReason] = useState('')
  const sending = useSending({
    send: (content, told) =>
      sendFile(
        {
          list,
          mode,
          ...(list === 'campaign' && { campaign_id }),
          ...(reason.trim() && { reason: reason.trim() }),
        },
        content,
        told,
      ),
    onSent,
    onSettled: dncChanged,
  })
  const { wrong } = sending
  return (
    <FormDialog
      {...sending.form}
      title={words.title}
      submit={words.import}
      said_by_fields={FIELDS}
      can={sending.can && (list !== 'campaign' || campaign_id !== undefined)}
      onClose={onClose}
    >
      {sending.field(words.file_hint)}
      <OneOf
        label={words.list}
        choices={lists.map((value) => ({ value, label: dnc.kinds[value] }))}
        value={list}
        onChange={setList}
      />
      {list === 'campaign' && (
        <NativeSelect
          label={words.campaign}
          value={String(campaign_id ?? '')}
          data={campaigns.map((one) => ({ value: String(one.campaign_id), label: one.name }))}
          onChange={typed((value) => setCampaign(Number(value)))}
          error={wrong.get('campaign_id')}
        />
      )}
      <OneOf
        label={words.mode}
        choices={MODES.map((value) => ({ value, label: words.modes[value], hint: words.mode_hints[value] }))}
        value={mode}
        onChange={setMode}
      />
      <TextInput
        label={words.reason}
        description={words.reason_hint}
        maxLength={1_000}
        value={reason}
        onChange={typed(setReason)}
        error={wrong.get('reason')}
      />
      {sending.progress}
    </FormDialog>
  )
}

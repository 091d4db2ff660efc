// A file of numbers is chosen, sent, and followed to its end.

import { Button, Input, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useId, useState } from 'react'
import type { DncList, NewDncFile } from '../../../src/client/api.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { dncChanged } from '../api/dnc.ts'
import { cancelFile, dncFileQuery, sendFile } from '../api/dnc-files.ts'
import { FileGone, type SendingState } from '../api/sending.ts'
import { useSetUp } from '../api/set-up.ts'
import { OneOf } from '../shell/choices-field.tsx'
import { FormDialog, wrongIn } from '../shell/form-dialog.tsx'
import { Modal } from '../shell/modal.tsx'
import { announce, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { dnc } from '../text/dnc.ts'
import { dncFiles as words } from '../text/dnc-files.ts'
import styles from './dnc.module.css'
import { DownloadRejects, stateOf, whyOf } from './file-state.tsx'
import { useDncRights } from './rights.ts'

const MODES = ['add', 'replace'] as const
const FIELDS = ['name', 'bytes', 'campaign_id', 'reason']

export function ImportFile({ onClose }: { onClose: () => void }) {
  const [file_id, setFile] = useState<number | null>(null)
  return file_id === null ? (
    <Choose onSent={setFile} onClose={onClose} />
  ) : (
    <Followed file_id={file_id} onClose={onClose} />
  )
}

function Choose({ onSent, onClose }: { onSent: (file_id: number) => void; onClose: () => void }) {
  const { files: lists } = useDncRights()
  const campaigns = useSetUp().data?.campaigns ?? []
  const id = useId()
  const [content, setContent] = useState<File | null>(null)
  const [list, setList] = useState<DncList>(lists[0] ?? 'private')
  const [campaign_id, setCampaign] = useState(campaigns[0]?.campaign_id)
  const [mode, setMode] = useState<NewDncFile['mode']>('add')
  const [reason, setReason] = useState('')
  const [bytes_sent, setSent] = useState(0)
  const [state, setState] = useState<SendingState>('sending')
  const saving = useMutation({
    mutationFn: (chosen: File) =>
      sendFile(
        {
          list,
          mode,
          ...(list === 'campaign' && { campaign_id }),
          ...(reason.trim() && { reason: reason.trim() }),
        },
        chosen,
        { onSent: setSent, onState: setState },
      ),
    onSuccess: ({ file_id }) => onSent(file_id),
    onSettled: dncChanged,
  })
  const wrong = wrongIn(saving.error)
  const is_gone = saving.error instanceof FileGone
  const problem = (content && problemOf(content)) ?? (is_gone ? words.gone : null)
  return (
    <FormDialog
      title={words.title}
      submit={words.import}
      saving={{
        error: is_gone ? null : saving.error,
        // What waits for the connection goes on in the background, too.
        isPending: saving.isPending && state === 'sending',
      }}
      said_by_fields={FIELDS}
      can={content !== null && problem === null && (list !== 'campaign' || campaign_id !== undefined)}
      onSend={() => content && !saving.isPending && saving.mutate(content)}
      onClose={onClose}
    >
      <Input.Wrapper
        label={words.file}
        labelProps={{ htmlFor: id }}
        description={words.file_hint}
        error={problem ?? wrong.get('name') ?? wrong.get('bytes')}
      >
        <input
          id={id}
          className={styles.file}
          type="file"
          data-autofocus
          required
          aria-invalid={problem ? true : undefined}
          onChange={({ currentTarget: { files } }) => {
            setContent(files?.[0] ?? null)
            saving.reset()
          }}
        />
      </Input.Wrapper>
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
      {saving.isPending && content && <Sending part={bytes_sent / content.size} state={state} />}
    </FormDialog>
  )
}

function problemOf({ size }: File): string | null {
  if (size === 0) return words.blank
  return size > LIMITS.file_bytes_max ? words.too_large : null
}

const Sending = ({ part, state }: { part: number; state: SendingState }) => (
  <div role="status">
    {state === 'waiting' && <p className="notice">{words.waiting}</p>}
    <progress className={styles.progress} aria-label={words.progress} value={part} />
    <p className="small">{words.sent(Math.floor(part * 100))}</p>
  </div>
)

function Followed({ file_id, onClose }: { file_id: number; onClose: () => void }) {
  const { data: file, error, refetch } = useQuery(dncFileQuery(file_id))
  const cancelling = useMutation({ mutationFn: () => cancelFile(file_id), onSettled: () => refetch() })
  const is_over = file !== undefined && file.finished_at !== null
  const result = file && stateOf(file)
  useEffect(() => {
    if (!is_over || !result) return
    announce(result)
    void dncChanged()
  }, [is_over, result])
  return (
    <Modal opened onClose={onClose} title={words.title} size="md" centered>
      <div className="stack">
        {error && !file && <Problem error={error} onRetry={() => void refetch()} />}
        {file && !is_over && (
          <>
            <progress className={styles.progress} aria-label={words.progress} />
            <p>{result}</p>
            <p className="dimmed small">{words.goes_on}</p>
          </>
        )}
        {file && is_over && (
          <div className="notice" data-tone={file.state === 'done' ? 'good' : 'bad'}>
            <strong>{file.state === 'done' ? result : saidOf(file.state)}</strong>
            <div>{file.state === 'done' ? words.done : whyOf(file)}</div>
          </div>
        )}
        {is_over && file.state !== 'cancelled' && file.rejected > 0 && (
          <>
            <p>{words.rejected_why(file.rejected)}</p>
            <div className="row">
              <DownloadRejects file={file} />
            </div>
          </>
        )}
        {cancelling.error && <Problem error={cancelling.error} />}
        <div className="row">
          <Button variant="filled" data-autofocus onClick={onClose}>
            {words.close}
          </Button>
          {file && !is_over && (
            <Button loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
              {words.cancel_import}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  )
}

const saidOf = (state: string) => (state === 'failed' ? words.failed : words.cancelled)

// A file of numbers: chosen, sent, and followed to its end.

import { Button, Input } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useId, useState } from 'react'
import type { DncFile } from '../../../src/client/api.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { cancelFile, dncFileQuery, type SendingFile } from '../api/dnc-files.ts'
import { FileGone, type SendingState } from '../api/sending.ts'
import { wrongIn } from '../shell/form-dialog.tsx'
import { Modal } from '../shell/modal.tsx'
import { announce } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { dncFiles as words } from '../text/dnc-files.ts'
import styles from './dnc.module.css'
import { DownloadRejects, stateOf, whyOf } from './file-state.tsx'

interface FileFieldProps {
  hint: string
  problem: string | null | undefined
  onChoose: (content: File | null) => void
}

function FileField({ hint, problem, onChoose }: FileFieldProps) {
  const id = useId()
  return (
    <Input.Wrapper label={words.file} labelProps={{ htmlFor: id }} description={hint} error={problem}>
      <input
        id={id}
        className={styles.file}
        type="file"
        data-autofocus
        required
        aria-invalid={problem ? true : undefined}
        onChange={({ currentTarget: { files } }) => onChoose(files?.[0] ?? null)}
      />
    </Input.Wrapper>
  )
}

/** Why a file cannot be sent; null: it can. */
function problemOf({ size }: File): string | null {
  if (size === 0) return words.blank
  return size > LIMITS.file_bytes_max ? words.too_large : null
}

interface SendingOptions {
  /** Sends a file, or what is missing of it. */
  send: (content: File, sending: SendingFile) => Promise<DncFile>
  onSent: (file_id: number) => void
  onSettled: () => unknown
}

/** The part of a form that chooses a file and sends it. */
export function useSending({ send, onSent, onSettled }: SendingOptions) {
  const [content, setContent] = useState<File | null>(null)
  const [bytes_sent, setSent] = useState(0)
  const [state, setState] = useState<SendingState>('sending')
  const saving = useMutation({
    mutationFn: (chosen: File) => send(chosen, { onSent: setSent, onState: setState }),
    onSuccess: ({ file_id }) => onSent(file_id),
    onSettled,
  })
  const wrong = wrongIn(saving.error)
  const is_gone = saving.error instanceof FileGone
  const problem = (content && problemOf(content)) ?? (is_gone ? words.gone : null)
  const field = (hint: string) => (
    <FileField
      hint={hint}
      problem={problem ?? wrong.get('name') ?? wrong.get('bytes')}
      onChoose={(chosen) => {
        setContent(chosen)
        saving.reset()
      }}
    />
  )
  return {
    wrong,
    field,
    can: content !== null && problem === null,
    form: {
      saving: {
        error: is_gone ? null : saving.error,
        // What waits for the connection goes on in the background, too.
        isPending: saving.isPending && state === 'sending',
      },
      onSend: () => content && !saving.isPending && saving.mutate(content),
    },
    progress: saving.isPending && content && <Progress part={bytes_sent / content.size} state={state} />,
  }
}

const Progress = ({ part, state }: { part: number; state: SendingState }) => (
  <div role="status">
    {state === 'waiting' && <p className="notice">{words.waiting}</p>}
    <progress className={styles.progress} aria-label={words.progress} value={part} />
    <p className="small">{words.sent(Math.floor(part * 100))}</p>
  </div>
)

interface FollowedProps {
  file_id: number
  title: string
  /** What its end means. */
  said: { goes_on: string; counts: string; failed: string; cancelled: string }
  /** What it is doing, or what came of it, where files of lists say something else. */
  resultOf?: (file: DncFile) => string | undefined
  onOver: () => unknown
  onClose: () => void
}

export function Followed({ file_id, title, said, resultOf, onOver, onClose }: FollowedProps) {
  const { data: file, error, refetch } = useQuery(dncFileQuery(file_id))
  const cancelling = useMutation({ mutationFn: () => cancelFile(file_id), onSettled: () => refetch() })
  const is_over = file !== undefined && file.finished_at !== null
  const result = file && (resultOf?.(file) ?? stateOf(file))
  useEffect(() => {
    if (!is_over || !result) return
    announce(result)
    void onOver()
  }, [is_over, result, onOver])
  return (
    <Modal opened onClose={onClose} title={title} size="md" centered>
      <div className="stack">
        {error && !file && <Problem error={error} onRetry={() => void refetch()} />}
        {file && !is_over && (
          <>
            <progress className={styles.progress} aria-label={words.progress} />
            <p>{result}</p>
            <p className="dimmed small">{said.goes_on}</p>
          </>
        )}
        {file && is_over && (
          <div className="notice" data-tone={file.state === 'done' ? 'good' : 'bad'}>
            <strong>
              {file.state === 'done' ? result : file.state === 'failed' ? said.failed : said.cancelled}
            </strong>
            <div>{file.state === 'done' ? said.counts : whyOf(file)}</div>
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

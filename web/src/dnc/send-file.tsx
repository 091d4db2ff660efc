// A file of numbers: chosen, sent, and followed to its end.

import { Button, Input } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useId } from 'react'
import type { DncFile } from '../../../src/client/api.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { cancelFile, dncFileQuery } from '../api/dnc-files.ts'
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

export function FileField({ hint, problem, onChoose }: FileFieldProps) {
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
export function fileProblem({ size }: File): string | null {
  if (size === 0) return words.blank
  return size > LIMITS.file_bytes_max ? words.too_large : null
}

export const Sending = ({ part }: { part: number }) => (
  <div role="status">
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

// A file of leads: chosen, dropped or pasted.

import { Button, Textarea } from '@mantine/core'
import IconFileImport from '@tabler/icons-react/icons/IconFileImport'
import { type DragEvent, useRef, useState } from 'react'
import { LIMITS } from '../../../src/core/limits.ts'
import { onSubmit, typed } from '../shell/parts.tsx'
import { imports } from '../text/imports.ts'
import styles from './imports.module.css'

const words = imports.file

const KINDS = '.csv,.tsv,.txt,.xlsx,.xls,.zip,.gz,.htm,.html'

interface ChooseFileProps {
  busy?: boolean
  /** Only a file, not pasted rows. */
  only_file?: boolean
  /** Why the file is not taken; undefined: it is. */
  onFile: (file: File) => string | undefined
}

export function ChooseFile({ busy = false, only_file = false, onFile }: ChooseFileProps) {
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [pasting, setPasting] = useState(false)
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState<string>()
  const take = (file: File | undefined) => {
    if (!file || busy) return
    if (file.size === 0) setWrong(words.empty_file)
    else if (file.size > LIMITS.file_bytes_max) setWrong(words.too_large)
    else setWrong(onFile(file))
  }
  const onDrag = (event: DragEvent, is_over: boolean) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(is_over)
  }
  return (
    <div className="stack">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for the keyboard */}
      <div
        className={styles.drop}
        data-over={over || undefined}
        onDragOver={(event) => onDrag(event, true)}
        onDragLeave={(event) => onDrag(event, false)}
        onDrop={(event) => {
          onDrag(event, false)
          take(event.dataTransfer.files[0])
        }}
      >
        <IconFileImport size={28} stroke={1.5} aria-hidden />
        <input
          ref={input}
          type="file"
          hidden
          aria-label={words.chosen}
          accept={KINDS}
          onChange={({ currentTarget }) => {
            take(currentTarget.files?.[0])
            // The same file can be chosen again.
            currentTarget.value = ''
          }}
        />
        <div className="row">
          <Button variant="filled" loading={busy} onClick={() => input.current?.click()}>
            {words.choose}
          </Button>
          <span className="dimmed">{words.drop}</span>
        </div>
        <p className="dimmed small">{words.intro}</p>
      </div>
      {wrong !== undefined && (
        <p className="notice" data-tone="bad" role="alert">
          {wrong}
        </p>
      )}
      {!only_file && !pasting && (
        <div>
          <Button variant="subtle" size="compact-sm" onClick={() => setPasting(true)}>
            {words.paste}
          </Button>
        </div>
      )}
      {pasting && (
        <form
          className="stack"
          onSubmit={onSubmit(() => take(new File([text], words.pasted_name, { type: 'text/plain' })))}
        >
          <Textarea
            label={words.paste_label}
            autoFocus
            rows={6}
            spellCheck={false}
            value={text}
            onChange={typed(setText)}
          />
          <div className="row">
            <Button type="submit" loading={busy} disabled={text.trim() === ''}>
              {words.paste_submit}
            </Button>
          </div>
        </form>
      )}
    </div>
  )
}

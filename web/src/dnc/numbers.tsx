// Many numbers onto a list or off it, a line each. What became of each line is said; lines without a number stay in the
// box, to be corrected.

import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { DncEvidence, DncList } from '../../../src/client/api.ts'
import { addLines, dncChanged, type LineResult, type ListChosen, removeLines } from '../api/dnc.ts'
import { useSetUp } from '../api/set-up.ts'
import { OneOf } from '../shell/choices-field.tsx'
import { DateField } from '../shell/date-field.tsx'
import { FormDialog, wrongIn } from '../shell/form-dialog.tsx'
import { Modal } from '../shell/modal.tsx'
import { announce, typed } from '../shell/parts.tsx'
import { dnc } from '../text/dnc.ts'
import { problemForPeople } from '../text/problems.ts'
import { startOfDay } from '../text/times.ts'
import styles from './dnc.module.css'
import { useNumberText } from './entries.tsx'
import { useDncRights } from './rights.ts'

const words = dnc.numbers
const FIELDS = ['phones', 'reason', 'expires_at', 'campaign_id']

interface NumbersProps {
  deed: 'add' | 'remove'
  /** Of an entry that is to be removed. */
  initial?: DncEvidence
  onClose: () => void
}

const linesOf = (text: string) => text.split('\n').flatMap((line) => line.trim() || [])

export function Numbers({ deed, initial, onClose }: NumbersProps) {
  const rights = useDncRights()
  const numberText = useNumberText()
  const campaigns = useSetUp().data?.campaigns ?? []
  const [list, setList] = useState<DncList>(initial?.list ?? rights[deed][0] ?? 'private')
  const [campaign_id, setCampaign] = useState(initial?.campaign_id ?? campaigns[0]?.campaign_id)
  const [text, setText] = useState(initial?.phone ?? '')
  const [reason, setReason] = useState('')
  const [last_day, setLastDay] = useState<string | null>(null)
  const [results, setResults] = useState<readonly LineResult[] | null>(null)
  const box = useRef<HTMLTextAreaElement>(null)

  const lines = linesOf(text)
  const max = list === 'private' && deed === 'add' ? rights.numbers_max : Number.POSITIVE_INFINITY
  const chosen: ListChosen = { list, campaign_id: list === 'campaign' ? campaign_id : undefined }
  const why = reason.trim()
  const saving = useMutation({
    mutationFn: () =>
      deed === 'remove'
        ? removeLines(chosen, lines, why)
        : addLines(chosen, lines, {
            ...(why && { reason: why }),
            ...(last_day && { expires_at: endOf(last_day) }),
          }),
    onSuccess: (found) => {
      const bad = found.filter(({ result }) => result === 'bad')
      setResults(found)
      setText(bad.map(({ line }) => line).join('\n'))
      announce(sumOf(deed, found))
      if (bad.length > 0) box.current?.focus()
    },
    onSettled: dncChanged,
  })
  const wrong = wrongIn(saving.error)
  const asShown = (one: LineResult): LineResult => ({
    ...one,
    line: numberText(one.line, initial?.campaign_id),
  })
  const is_done = results?.every(({ result }) => result !== 'bad')
  const title = deed === 'add' ? words.add_title : words.remove_title
  if (results && is_done)
    return (
      <Modal opened onClose={onClose} title={title} size="md" centered>
        <div className="stack">
          <Results deed={deed} results={initial ? results.map(asShown) : results} />
          <div className="row">
            <Button variant="filled" data-autofocus onClick={onClose}>
              {words.close}
            </Button>
            {!initial && <Button onClick={() => setResults(null)}>{words.again}</Button>}
          </div>
        </div>
      </Modal>
    )
  return (
    <FormDialog
      title={title}
      submit={words[deed](lines.length)}
      saving={saving}
      said_by_fields={FIELDS}
      can={
        lines.length > 0 &&
        lines.length <= max &&
        (deed === 'add' || why !== '') &&
        (list !== 'campaign' || campaign_id !== undefined)
      }
      onSend={() => saving.mutate()}
      onClose={onClose}
    >
      {results && (
        <>
          <Results deed={deed} results={results} />
          <p className="small">{words.fix_note}</p>
        </>
      )}
      {!initial && (
        <OneOf
          label={words.list}
          choices={rights[deed].map((value) => ({ value, label: dnc.kinds[value] }))}
          value={list}
          onChange={setList}
        />
      )}
      {!initial && list === 'campaign' && (
        <NativeSelect
          label={words.campaign}
          value={String(campaign_id ?? '')}
          data={campaigns.map((one) => ({ value: String(one.campaign_id), label: one.name }))}
          onChange={typed((value) => setCampaign(Number(value)))}
          error={wrong.get('campaign_id')}
        />
      )}
      {initial ? (
        <TextInput label={words.numbers} value={numberText(initial.phone, initial.campaign_id)} readOnly />
      ) : (
        <Textarea
          ref={box}
          data-autofocus
          label={words.numbers}
          description={max < Number.POSITIVE_INFINITY ? words.hint_max(max) : words.hint}
          rows={6}
          value={text}
          onChange={typed(setText)}
          error={lines.length > max ? words.too_many(lines.length, max) : wrong.get('phones')}
        />
      )}
      <TextInput
        label={words.reason}
        data-autofocus={initial ? true : undefined}
        description={deed === 'add' ? words.reason_add : words.reason_remove}
        required={deed === 'remove'}
        maxLength={1_000}
        value={reason}
        onChange={typed(setReason)}
        error={wrong.get('reason')}
      />
      {deed === 'add' && (
        <DateField
          label={words.until}
          description={words.until_hint}
          value={last_day}
          onChange={setLastDay}
          error={wrong.get('expires_at')}
        />
      )}
    </FormDialog>
  )
}

/** The end of a day; what is no day stays, and the server says so. */
const endOf = (day: string) => {
  const end = startOfDay(day, 1)
  return Number.isNaN(end.getTime()) ? day : end.toISOString()
}

const NAMES = {
  add: { done: words.added, listed: words.listed },
  remove: { done: words.removed, listed: words.not_listed },
}

function sumOf(deed: 'add' | 'remove', results: readonly LineResult[]): string {
  const counted = (wanted: LineResult['result']) => results.filter(({ result }) => result === wanted).length
  return words.sum([
    [counted('done'), NAMES[deed].done],
    [counted('listed'), NAMES[deed].listed],
    [counted('bad'), words.to_fix],
  ])
}

const SHOWN_MAX = 200
const WORST_FIRST = ['bad', 'listed', 'done']

function Results({ deed, results }: { deed: 'add' | 'remove'; results: readonly LineResult[] }) {
  const shown = results
    .toSorted((one, other) => WORST_FIRST.indexOf(one.result) - WORST_FIRST.indexOf(other.result))
    .slice(0, SHOWN_MAX)
  return (
    <>
      <p>
        <strong>{sumOf(deed, results)}</strong>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <ul className={`${styles.results} list`} aria-label={words.results} tabIndex={0}>
        {shown.map((one, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines do not change, and two may be equal
          <li key={i}>
            <span className="figures">{one.line}</span>
            <span data-bad={one.result === 'bad' || undefined}>
              {one.result === 'bad'
                ? problemForPeople({ name: 'INVALID_FIELD', detail: one.problem })
                : NAMES[deed][one.result]}
            </span>
          </li>
        ))}
        {results.length > SHOWN_MAX && <li className="dimmed">{words.more(results.length - SHOWN_MAX)}</li>}
      </ul>
    </>
  )
}

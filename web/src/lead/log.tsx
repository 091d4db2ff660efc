// The log of a lead: its calls and the notes about it, newest first.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CallRecord, Lead, Note } from '../../../src/client/api.ts'
import { callsQuery, notesQuery } from '../api/lead.ts'
import { useOperator } from '../api/session.ts'
import { Ago } from '../shell/parts.tsx'
import { call } from '../text/call.ts'
import { length } from '../text/times.ts'
import styles from './call.module.css'
import { ActorChip } from './show.tsx'

const words = call.log

const SHOWN_FIRST = 5
const SHOWN_MORE = 20
/** Characters of a note that are shown at once. */
const SHOWN_OF_NOTE = 400

interface Entry extends Pick<Note, 'at' | 'actor' | 'actor_name'> {
  key: string
  call?: CallRecord
  note?: string
}

export function Log({ lead }: { lead: Lead }) {
  const calls = useQuery(callsQuery(lead.id)).data
  const notes = useQuery(notesQuery(lead.id)).data
  const [most, setMost] = useState(SHOWN_FIRST)
  const { operator_id } = useOperator()
  const entries = calls && notes && merged(calls, notes)
  const hidden = Math.max(0, (entries?.length ?? 0) - most)
  return (
    <section className={`${styles.log} card small`} aria-labelledby="log">
      <h2 id="log">{words.title}</h2>
      {entries?.length === 0 && <p className="dimmed">{words.none}</p>}
      <ol className="list">
        {entries?.slice(0, most).map(({ key, call, note, at, actor, actor_name }) => (
          <li key={key}>
            <div className={styles.deed}>
              <strong>{call?.disposition ?? words.noted}</strong>
              {call && call.duration_s !== null && (
                <span className="dimmed tiny">{words.lasted(length(call.duration_s))}</span>
              )}
            </div>
            {note && <NoteText of={note} />}
            <div className={`${styles.who} dimmed tiny`}>
              <ActorChip actor={actor} actor_name={actor_name} own_id={operator_id} />
              <Ago at={at} />
            </div>
          </li>
        ))}
      </ol>
      {hidden > 0 && (
        <Button size="compact-sm" onClick={() => setMost(most + SHOWN_MORE)}>
          {words.more(Math.min(hidden, SHOWN_MORE))}
        </Button>
      )}
    </section>
  )
}

/** A note that came with an outcome has its author and time, and is shown with it. */
function merged(calls: readonly CallRecord[], notes: readonly Note[]): Entry[] {
  const left = new Map(notes.map((note) => [`${note.actor} ${note.at}`, note]))
  const entries: Entry[] = calls.map((call) => {
    const same = `${call.actor} ${call.at}`
    const note = left.get(same)
    left.delete(same)
    return { ...call, key: `call ${call.call_id}`, call, ...(note && { note: note.text }) }
  })
  const alone = notes.filter((note) => left.get(`${note.actor} ${note.at}`) === note)
  for (const note of alone) entries.push({ ...note, key: `note ${note.note_id}`, note: note.text })
  return entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

function NoteText({ of }: { of: string }) {
  const [whole, setWhole] = useState(false)
  const is_long = of.length > SHOWN_OF_NOTE
  return (
    <>
      <p className={styles.text} dir="auto">
        {is_long && !whole ? `${of.slice(0, SHOWN_OF_NOTE)}…` : of}
      </p>
      {is_long && !whole && (
        <Button size="compact-xs" onClick={() => setWhole(true)}>
          {words.whole}
        </Button>
      )}
    </>
  )
}

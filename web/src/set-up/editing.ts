// An edit of a piece of set-up: it is rehearsed, so that people see what it reaches, and saved from the version that they
// saw. What somebody else changed meanwhile is shown; what was typed stays.

import '../text/set-up-problems.ts'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Answer, Problem } from '../../../src/client/client.ts'
import { must, queries, Refused } from '../api/client.ts'
import { newSetUp, type SetUp, setUpQuery } from '../api/set-up.ts'
import { problemsOf } from '../shell/value-problems.ts'
import { changesOf, isSame } from './differences.ts'

export interface Versioned {
  version: number
}

interface Touched {
  touches?: { leads: number }
}

interface EditingOptions<Thing extends Versioned> {
  /** As the server had it last. */
  thing: Thing
  /** The same in newer set-up; undefined: it is gone. */
  find: (set_up: SetUp) => Thing | undefined
  send: (
    changes: Partial<Thing>,
    query: { dry_run?: boolean },
    version: number,
  ) => Promise<Answer<Touched | Problem>>
  /** Fits changes to a newer thing; absent: they fit as they are. */
  rebase?: (changes: Partial<Thing>, newest: Thing) => Partial<Thing>
  onSaved: (saved: Thing) => void
}

export interface Editing<Thing> {
  /** What the edit was made from. */
  base: Thing
  /** With the edit. */
  value: Thing
  changes: Partial<Thing>
  is_changed: boolean
  set: (changes: Partial<Thing>) => void
  discard: () => void
  /** Goes on from what the screen itself has just saved otherwise. */
  follow: () => void
  /** Rehearses the edit. */
  review: () => void
  /** Absent until it is rehearsed. */
  touched: number | undefined
  /** Back from the review. */
  back: () => void
  save: () => void
  /** Its answer must be seen, so nobody leaves before it has come. */
  isSaving: () => boolean
  busy: boolean
  error: Error | null
  /** What is wrong with a property; undefined: nothing that is known. */
  problemOf: (key: keyof Thing & string) => string | undefined
  /** What the edit was made from before somebody else changed it; null: nobody has. */
  met: Thing | null
}

interface Draft<Thing> {
  base: Thing
  changes: Partial<Thing>
  met: Thing | null
}

export const isStale = (error: unknown) =>
  error instanceof Refused && error.problem.name === 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT'

export function useEditing<Thing extends Versioned>({
  thing,
  find,
  send,
  rebase = (changes) => changes,
  onSaved,
}: EditingOptions<Thing>): Editing<Thing> {
  const [draft, setDraft] = useState<Draft<Thing> | null>(null)
  const [touched, setTouched] = useState<number>()
  const { base, changes, met } = draft ?? { base: thing, changes: {}, met: null }
  // A second click, or a held Enter, sends nothing again.
  const sent = useRef<'rehearsal' | 'save' | null>(null)
  const isSaving = () => sent.current === 'save'
  /** How often it was typed: a rehearsal of an older edit is not shown. */
  const edits = useRef(0)
  const onto = (newest: Thing, met: Thing | null) =>
    setDraft({ base: newest, changes: changesOf(newest, rebase(changes, newest)), met })
  const ask = useMutation({
    mutationFn: ({ dry_run }: { dry_run: boolean; edit: number }) =>
      must(send(changes, dry_run ? { dry_run } : {}, base.version)),
    onError: async (error) => {
      if (!isStale(error)) return
      setTouched(undefined)
      const newest = find(await newSetUp())
      if (newest) onto(newest, base)
    },
    onSuccess: async (answer, { dry_run, edit }) => {
      if (dry_run) {
        if (edit === edits.current) setTouched(answer.touches?.leads ?? 0)
        return
      }
      const saved = find(await newSetUp())
      setDraft(null)
      setTouched(undefined)
      onSaved(saved ?? { ...base, ...changes })
    },
    onSettled: () => {
      sent.current = null
    },
  })
  const run = (dry_run: boolean) => {
    if (sent.current || isSame(changes, {})) return
    sent.current = dry_run ? 'rehearsal' : 'save'
    ask.mutate({ dry_run, edit: edits.current })
  }
  const leaveReview = () => {
    if (isSaving()) return
    setTouched(undefined)
    ask.reset()
  }
  const refused = ask.error instanceof Refused ? problemsOf(ask.error.problem) : []
  return {
    base,
    value: { ...base, ...changes },
    changes,
    is_changed: !isSame(changes, {}),
    set: (more) => {
      if (isSaving()) return
      edits.current++
      const next = changesOf(base, { ...changes, ...more })
      setDraft(isSame(next, {}) && !met ? null : { base, changes: next, met })
      leaveReview()
    },
    discard: () => {
      if (isSaving()) return
      setDraft(null)
      leaveReview()
    },
    follow: () => {
      const set_up = queries.getQueryData(setUpQuery.queryKey)
      const newest = set_up && find(set_up)
      // One version further is our own change; more are those of others, too.
      if (draft && newest) onto(newest, newest.version === base.version + 1 ? met : base)
    },
    review: () => run(true),
    touched,
    back: leaveReview,
    save: () => run(false),
    isSaving,
    busy: ask.isPending,
    error: isStale(ask.error) ? null : ask.error,
    problemOf: (key) => refused.find(({ path }) => path === key)?.detail,
    met,
  }
}

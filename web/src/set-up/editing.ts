// An edit of a piece of set-up: it is rehearsed, so that people see what it reaches, and saved from the version that they
// saw. What somebody else changed meanwhile is shown; what was typed stays.

import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Answer, Problem } from '../../../src/client/client.ts'
import { must, Refused } from '../api/client.ts'
import { newSetUp, type SetUp } from '../api/set-up.ts'
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
  /** Rehearses the edit. */
  review: () => void
  /** Absent until it is rehearsed. */
  touched: number | undefined
  /** Back from the review. */
  back: () => void
  save: () => void
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
  onSaved,
}: EditingOptions<Thing>): Editing<Thing> {
  const [draft, setDraft] = useState<Draft<Thing> | null>(null)
  const { base, changes, met } = draft ?? { base: thing, changes: {}, met: null }
  // A second click, or a held Enter, sends nothing again.
  const sent = useRef(false)
  const ask = useMutation({
    mutationFn: ({ dry_run }: { dry_run: boolean }) =>
      must(send(changes, dry_run ? { dry_run } : {}, base.version)),
    onError: async (error) => {
      if (!isStale(error)) return
      const newest = find(await newSetUp())
      if (newest) setDraft({ base: newest, changes: changesOf(newest, changes), met: base })
    },
    onSuccess: async (_, { dry_run }) => {
      if (dry_run) return
      const saved = find(await newSetUp())
      setDraft(null)
      ask.reset()
      onSaved(saved ?? { ...base, ...changes })
    },
    onSettled: () => {
      sent.current = false
    },
  })
  const run = (dry_run: boolean) => {
    if (sent.current || isSame(changes, {})) return
    sent.current = true
    ask.mutate({ dry_run })
  }
  const refused = ask.error instanceof Refused ? problemsOf(ask.error.problem) : []
  return {
    base,
    value: { ...base, ...changes },
    changes,
    is_changed: !isSame(changes, {}),
    set: (more) => {
      const next = changesOf(base, { ...changes, ...more })
      setDraft(isSame(next, {}) && !met ? null : { base, changes: next, met })
      ask.reset()
    },
    discard: () => {
      setDraft(null)
      ask.reset()
    },
    review: () => run(true),
    touched: ask.variables?.dry_run ? ask.data?.touches?.leads : undefined,
    back: () => ask.reset(),
    save: () => run(false),
    busy: ask.isPending,
    error: isStale(ask.error) ? null : ask.error,
    problemOf: (key) => refused.find(({ path }) => path === key)?.detail,
    met,
  }
}

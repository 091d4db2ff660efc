// The mapping while somebody edits it: each change is saved a moment later, so that going elsewhere loses nothing.

import { useDebouncedCallback } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import type { Import, ImportMapping, SuggestedMapping } from '../../../src/client/api.ts'
import { client, Refused } from '../api/client.ts'
import { useStep } from '../api/imports.ts'
import { announce } from '../shell/parts.tsx'
import { createStore, useStore } from '../store.ts'
import { mapping as words } from '../text/import-columns.ts'
import { problemForPeople } from '../text/problems.ts'
import { mappingToEdit, placeOf } from './mapping.ts'

const SAVE_MS = 600

export interface MappingEdit {
  mapping: ImportMapping
  state: 'saved' | 'saving' | 'unsaved'
  error: Error | null
  /** What is wrong, by the part of the mapping: 'columns/3'. */
  wrong: ReadonlyMap<string, string>
  change: (mapping: ImportMapping) => void
  /** Saves at once; whether it is saved. */
  save: () => Promise<boolean>
}

/** Rows of constants that are not complete yet are not sent. */
const complete = ({ columns, constants }: ImportMapping): ImportMapping => ({
  columns,
  constants: constants.filter(({ text }) => text.trim() !== ''),
})

interface Draft {
  mapping: ImportMapping
  saved: boolean
}

/**
 * By the id of their import: who leaves the step and comes back at once finds what is still being saved, and what was
 * refused.
 */
const drafts = createStore<ReadonlyMap<number, Draft>>(new Map())

const keep = (import_id: number, draft: Draft) => drafts.set(new Map([...drafts.get(), [import_id, draft]]))

/**
 * What is saved is read from the server when the step opens: somebody else may have changed it since. What was refused goes
 * when the file has other columns by now.
 */
function dropOld({ import_id, table }: Import): void {
  const draft = drafts.get().get(import_id)
  if (!draft) return
  const known = new Set(table?.columns)
  if (draft.saved || draft.mapping.columns.some(({ column }) => !known.has(column)))
    drafts.set(new Map([...drafts.get()].filter(([id]) => id !== import_id)))
}

export function useMapping(found: Import, suggested: SuggestedMapping): MappingEdit {
  const { import_id } = found
  const step = useStep(import_id)
  useState(() => dropOld(found))
  const draft = useStore(drafts).get(import_id)
  const saved = useMemo(() => mappingToEdit(found, suggested), [found, suggested])
  const mapping = draft?.mapping ?? saved
  const changed = draft ? !draft.saved : found.mapping === null
  const send = (now: ImportMapping) =>
    step
      .mutateAsync(() => client.mapImport(import_id, complete(now)))
      .then(
        () => {
          if ((drafts.get().get(import_id)?.mapping ?? now) === now)
            keep(import_id, { mapping: now, saved: true })
          return true
        },
        () => false,
      )
  const sendSoon = useDebouncedCallback(
    async (now: ImportMapping) => {
      if (await send(now)) announce(words.saved)
    },
    { delay: SAVE_MS, flushOnUnmount: true },
  )
  const problems = step.error instanceof Refused ? step.error.problem : undefined
  const errors = problems?.errors?.length ? problems.errors : problems ? [problems] : []
  return {
    mapping,
    state: step.isPending ? 'saving' : changed ? 'unsaved' : 'saved',
    error: step.error,
    wrong: new Map(
      errors.flatMap((one) =>
        typeof one.field === 'string' && /^\/(?:columns|constants)\//.test(one.field)
          ? [[placeOf(one.field), problemForPeople(one)] as const]
          : [],
      ),
    ),
    change: (next) => {
      keep(import_id, { mapping: next, saved: false })
      sendSoon(next)
    },
    save: () => {
      sendSoon.cancel()
      return changed ? send(mapping) : Promise.resolve(true)
    },
  }
}

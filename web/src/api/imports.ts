// Imports, their rows, and what changes them.

import { infiniteQueryOptions, queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import type { Import, ImportRowsAsked } from '../../../src/client/api.ts'
import type { Answer, Problem } from '../../../src/client/client.ts'
import { importFixes } from '../../../src/client/import-fixes.ts'
import type { ImportState } from '../../../src/core/import.ts'
import { useAskMs } from '../shell/asking.ts'
import { client, must, queries } from './client.ts'

/** The server is at work in these states. */
const AT_WORK: readonly ImportState[] = ['reading', 'checking', 'fixing', 'running', 'undoing']

const AT_WORK_MS = 1_000
/** Somebody else may upload it, or go on with it. */
const ELSEWHERE_MS = 5_000

const LIST_ROWS = 50

export const importsQuery = (campaign_id?: number) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'list', campaign_id],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) => must(client.imports({ campaign_id, limit: LIST_ROWS, cursor: pageParam })),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const importQuery = (import_id: number) =>
  queryOptions({
    queryKey: ['imports', 'one', import_id],
    queryFn: () => must(client.import(import_id)),
  })

/** An import that is followed while its screen is open. */
export function useImport(import_id: number) {
  const at_work_ms = useAskMs(AT_WORK_MS)
  const elsewhere_ms = useAskMs(ELSEWHERE_MS)
  return useQuery({
    ...importQuery(import_id),
    refetchInterval: ({ state: { data } }) => {
      if (!data) return false
      if (AT_WORK.includes(data.state)) return at_work_ms
      return data.state === 'uploading' || data.state === 'paused' ? elsewhere_ms : false
    },
  })
}

export const sameFileQuery = (import_id: number) =>
  queryOptions({
    queryKey: ['imports', 'same-file', import_id],
    queryFn: async () => (await must(client.importsOfSameFile(import_id))).items,
    staleTime: 60_000,
  })

/** A file that is read in another way has other columns, or the same ones with other values. */
export const suggestionQuery = ({
  import_id,
  choices,
  table,
}: Pick<Import, 'import_id' | 'choices' | 'table'>) =>
  queryOptions({
    queryKey: ['imports', 'suggestion', import_id, choices, table?.columns],
    queryFn: () => must(client.suggestMapping(import_id)),
    staleTime: 60_000,
  })

const SAMPLE_ROWS = 10

/** The first rows of the file. */
export const sampleQuery = ({ import_id, updated_at }: Pick<Import, 'import_id' | 'updated_at'>) =>
  queryOptions({
    queryKey: ['imports', 'sample', import_id, updated_at],
    queryFn: async () => (await must(client.importRows(import_id, { limit: SAMPLE_ROWS }))).items,
    placeholderData: (before) => before,
    staleTime: 60_000,
  })

const PAGE_ROWS = 50

/** `changes`: rows say what they change of their leads. */
export const rowsQuery = (
  import_id: number,
  { fate, code, changes }: Pick<ImportRowsAsked, 'fate' | 'code' | 'changes'>,
  is_run: boolean,
) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'rows', import_id, fate, code, is_run, changes],
    initialPageParam: 0,
    queryFn: ({ pageParam }) =>
      must(client.importRows(import_id, { fate, code, changes, from: pageParam, limit: PAGE_ROWS })),
    getNextPageParam: ({ next_row }) => next_row,
    placeholderData: (before) => before,
  })

/** Shows an import as the server has just answered it. */
export function learnImport(found: Import): void {
  queries.setQueryData(importQuery(found.import_id).queryKey, found)
  void queries.invalidateQueries({ queryKey: ['imports', 'list'] })
}

/** Takes a step of an import. What is refused because somebody else went on with it shows where it is by then. */
export const useStep = (import_id: number) =>
  useMutation({
    mutationFn: (ask: () => Promise<Answer<Import | Problem>>) => must(ask()) as Promise<Import>,
    onSuccess: learnImport,
    onError: () => void queries.invalidateQueries({ queryKey: importQuery(import_id).queryKey }),
  })

/** The corrections that can be undone. */
export const fixesQuery = (import_id: number) =>
  queryOptions({
    queryKey: ['imports', 'fixes', import_id],
    queryFn: async () => (await must(importFixes(client, import_id))).items,
  })

const SHORT_MS = 150
const SHORT_LOOKS = 15

/** A correction that takes a moment is over before the screen says that it is at work. */
export async function fixed(import_id: number, asked: Promise<Answer<Import | Problem>>) {
  let answer = await asked
  for (let i = 0; i < SHORT_LOOKS && answer.ok && (answer.body as Import).state === 'fixing'; i++) {
    await new Promise((resolve) => setTimeout(resolve, SHORT_MS))
    answer = await client.import(import_id)
  }
  await queries.invalidateQueries({ queryKey: ['imports', 'rows', import_id] })
  await queries.invalidateQueries({ queryKey: fixesQuery(import_id).queryKey })
  return answer
}

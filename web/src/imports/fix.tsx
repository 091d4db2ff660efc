// All rows that are alike are corrected at once: the same value of a column, or a piece of text in it.

import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Import, ImportFix, ImportFixAsked } from '../../../src/client/api.ts'
import { fixImportRows, previewFix, undoImportFix } from '../../../src/client/import-fixes.ts'
import { client, must, queries } from '../api/client.ts'
import { fixed, fixesQuery, useStep } from '../api/imports.ts'
import { useOperator } from '../api/session.ts'
import { actorName } from '../lead/show.tsx'
import { FormDialog, wrongIn } from '../shell/form-dialog.tsx'
import { Listing, Section } from '../shell/listing.tsx'
import { Ago, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { fix as words } from '../text/import-fixes.ts'
import { refusalOf } from '../text/import-rows.ts'
import { imports } from '../text/imports.ts'
import { focusTile, Refusal } from './parts.tsx'

/** What a row that is to be corrected says already. */
export type FixBegun = Partial<Pick<ImportFixAsked, 'column' | 'find' | 'code'>>

const SETTLED_MS = 250
const TEXT_MAX = 1_000
const SAID_BY_FIELDS = ['column', 'find', 'replace']

interface FixDialogProps {
  found: Import
  begun: FixBegun
  onClose: () => void
}

export function FixDialog({ found: { import_id, table }, begun, onClose }: FixDialogProps) {
  const columns = table?.columns ?? []
  const step = useStep(import_id)
  const [column, setColumn] = useState(begun.column ?? columns[0] ?? '')
  const [find, setFind] = useState(begun.find ?? '')
  const [replace, setReplace] = useState('')
  const [whole_cell, setWhole] = useState(begun.find !== undefined)
  const [only, setOnly] = useState(begun.code !== undefined)
  const asked = { column, find, replace, whole_cell, ...(only && { code: begun.code }) }
  const can = find !== replace && (whole_cell || find !== '')
  const wanted = JSON.stringify(asked)
  const [settled, setSettled] = useState(wanted)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(wanted), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [wanted])
  const preview = useQuery({
    queryKey: ['imports', 'fix', import_id, settled],
    queryFn: () => must(previewFix(client, import_id, JSON.parse(settled) as ImportFixAsked)),
    enabled: can,
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
  const counted = can && settled === wanted && !preview.isPlaceholderData ? preview.data : undefined
  const wrong = wrongIn(step.error)
  const send = () =>
    step.mutate(() => fixed(import_id, fixImportRows(client, import_id, asked)), {
      onSuccess: async ({ state }) => {
        if (state === 'read') {
          const [newest] = await queries.fetchQuery(fixesQuery(import_id))
          toast(words.done(newest?.rows ?? 0))
        }
        close()
      },
    })
  const close = () => {
    onClose()
    // A corrected row leaves the list of the wrong ones, and the button of the dialog with it.
    setTimeout(() => {
      if (document.activeElement === document.body) focusTile()
    }, FRAME_MS)
  }
  return (
    <FormDialog
      title={begun.find === undefined ? words.title : words.alike_title}
      submit={counted ? words.submit(counted.rows, counted.exact) : words.submit_some}
      saving={step}
      said_by_fields={SAID_BY_FIELDS}
      can={counted !== undefined && counted.rows > 0}
      onSend={send}
      onClose={close}
    >
      <NativeSelect
        label={words.column}
        value={column}
        data={columns.map((value) => ({ value, label: value }))}
        error={wrong.get('column')}
        onChange={typed(setColumn)}
      />
      <TextInput
        label={whole_cell ? words.value : words.find}
        description={whole_cell ? words.value_hint : words.find_hint}
        maxLength={TEXT_MAX}
        autoComplete="off"
        data-autofocus={begun.find === undefined || undefined}
        value={find}
        error={wrong.get('find')}
        onChange={typed(setFind)}
      />
      <TextInput
        label={words.replace}
        maxLength={TEXT_MAX}
        autoComplete="off"
        data-autofocus={begun.find !== undefined || undefined}
        value={replace}
        error={wrong.get('replace')}
        onChange={typed(setReplace)}
      />
      <Checkbox
        label={words.whole_cell}
        checked={whole_cell}
        onChange={(event) => setWhole(event.currentTarget.checked)}
      />
      {begun.code !== undefined && (
        <Checkbox
          label={words.only(refusalOf(begun.code)?.tile ?? imports.tiles.other(begun.code))}
          checked={only}
          onChange={(event) => setOnly(event.currentTarget.checked)}
        />
      )}
      <p role="status" className="dimmed small">
        {!can ? words.nothing_yet : counted ? words.counted(counted.rows, counted.exact) : words.counting}
      </p>
      {preview.error && can && <Problem error={preview.error} onRetry={() => void preview.refetch()} />}
    </FormDialog>
  )
}

/** The dialog has given the focus back by then. */
const FRAME_MS = 60

/** The corrections so far, each with the way back. */
export function Fixes({ found: { import_id, state, updated_at } }: { found: Import }) {
  const own = useOperator().operator_id
  const step = useStep(import_id)
  const asked = useQuery({
    ...fixesQuery(import_id),
    queryKey: [...fixesQuery(import_id).queryKey, updated_at],
    placeholderData: keepPreviousData,
  })
  if (!asked.data?.length) return step.error ? <Refusal error={step.error} /> : null
  return (
    <Section id="fixes" title={words.list.title} intro={words.list.intro}>
      <Listing
        name={words.list.title}
        columns={words.list.columns}
        asked={asked}
        empty={null}
        keyOf={({ fix_id }) => fix_id}
        cells={(fix) => ({
          column: fix.column,
          what: whatOf(fix),
          rows: <span className="figures">{imports.rows(fix.rows)}</span>,
          who: (
            <>
              <Ago at={fix.created_at} />
              <div className="dimmed tiny">{imports.by(actorName(fix, own))}</div>
            </>
          ),
        })}
        deeds={(fix) => (
          <Button
            size="compact-xs"
            aria-label={words.list.undo_of(whatOf(fix))}
            loading={step.isPending}
            disabled={state !== 'read'}
            onClick={() =>
              step.mutate(() => fixed(import_id, undoImportFix(client, import_id, fix.fix_id)), {
                onSuccess: ({ state }) => {
                  if (state === 'read') toast(words.list.undone)
                  focusTile()
                },
              })
            }
          >
            {words.list.undo}
          </Button>
        )}
      />
      {step.error && <Refusal error={step.error} />}
    </Section>
  )
}

const whatOf = ({ find, replace }: ImportFix) => words.what(find, replace)

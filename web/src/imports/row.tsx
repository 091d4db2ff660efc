// One row of a file: what becomes of it, why, and its cells, which can be corrected in place.

import { Button, TextInput } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import type { ImportedRow } from '../../../src/client/api.ts'
import { client, must, queries } from '../api/client.ts'
import { importQuery } from '../api/imports.ts'
import type { LeadSetUp } from '../lead/set-up.ts'
import { Tag, typed } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { fix } from '../text/import-fixes.ts'
import { refusalOf, rowSentence } from '../text/import-rows.ts'
import { imports } from '../text/imports.ts'
import { problemForPeople } from '../text/problems.ts'
import { ChangedCell, OtherChanges } from './changed.tsx'
import type { FixBegun } from './fix.tsx'
import styles from './imports.module.css'
import { focusTile, Refusal } from './parts.tsx'

const words = imports.rows_shown

interface RowProps {
  import_id: number
  row: ImportedRow
  columns: readonly string[]
  /** What the columns fill, as changes name it. */
  paths: readonly (string | undefined)[]
  set_up: LeadSetUp | undefined
  can_edit: boolean
  is_run: boolean
  onFixAlike: (begun: FixBegun) => void
}

export function Row({ import_id, row, columns, paths, set_up, can_edit, is_run, onFixAlike }: RowProps) {
  /** Null: it is not edited. */
  const [cells, setCells] = useState<readonly string[] | null>(null)
  const edit = useRef<HTMLButtonElement>(null)
  const save = useMutation({
    mutationFn: (changed: readonly string[]) =>
      must(client.editImportRow(import_id, row.row, { cells: [...changed] })),
    onSuccess: async ({ fate }) => {
      toast(words.saved(row.row, fate === null ? words.pending : words.fates[fate]))
      await queries.invalidateQueries({ queryKey: importQuery(import_id).queryKey })
      await queries.invalidateQueries({ queryKey: ['imports', 'rows', import_id] })
      close()
    },
  })
  const close = () => {
    setCells(null)
    save.reset()
    // The focus was in an input that goes.
    setTimeout(() => edit.current?.focus())
  }
  const line = useRef<HTMLTableRowElement>(null)
  useLayoutEffect(() => {
    const own = line.current
    return () => {
      // A corrected row leaves the list of the wrong ones: the focus goes back to their tile.
      if (own?.contains(document.activeElement)) focusTile()
    }
  }, [])
  const bad = columns.indexOf(row.field ?? '')
  const begin = () => setCells(columns.map((_, i) => row.cells[i] ?? ''))
  const submit = () => {
    if (cells && !save.isPending) save.mutate(cells)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter') submit()
    else return
    event.preventDefault()
  }
  return (
    <tr ref={line}>
      <th scope="row" className="figures">
        {row.row}
      </th>
      <td className={styles.verdict}>
        <Verdict row={row} is_run={is_run} />
        {set_up && <OtherChanges row={row} paths={paths} set_up={set_up} />}
        {can_edit && cells === null && (
          <div className="row">
            <Button ref={edit} size="compact-xs" aria-label={words.edit_of(row.row)} onClick={begin}>
              {words.edit}
            </Button>
            {row.fate === 'rejected' && row.code !== null && bad >= 0 && (
              <Button
                size="compact-xs"
                aria-label={fix.alike_of(row.row)}
                onClick={() =>
                  onFixAlike({
                    column: columns[bad],
                    find: row.cells[bad] ?? '',
                    code: row.code ?? undefined,
                  })
                }
              >
                {fix.alike}
              </Button>
            )}
          </div>
        )}
        {cells !== null && (
          <div className="row">
            <Button size="compact-xs" variant="filled" loading={save.isPending} onClick={submit}>
              {words.save}
            </Button>
            <Button size="compact-xs" onClick={close}>
              {words.cancel}
            </Button>
          </div>
        )}
        {save.error && <Refusal error={save.error} />}
      </td>
      {columns.map((column, i) => (
        <td key={column} data-bad={(i === bad && cells === null) || undefined}>
          {cells === null ? (
            <>
              {i === bad && <BadMark />}
              {row.cells[i]}
              {set_up && <ChangedCell row={row} path={paths[i]} set_up={set_up} />}
            </>
          ) : (
            <TextInput
              size="xs"
              aria-label={words.cell(column, row.row)}
              autoFocus={i === Math.max(bad, 0)}
              value={cells[i]}
              onChange={typed((text) => setCells(cells.with(i, text)))}
              onKeyDown={onKeyDown}
            />
          )}
        </td>
      ))}
    </tr>
  )
}

const BadMark = () => (
  <>
    <IconAlertTriangle size={14} aria-hidden />
    <span className="visually-hidden">{words.bad_cell}</span>
  </>
)

function Verdict({ row, is_run }: { row: ImportedRow; is_run: boolean }) {
  const { fate, code, field, detail, lead_id, conflict_id, row: n } = row
  if (fate === null) return <span className="dimmed">{is_run ? words.pending_run : words.pending}</span>
  const said =
    rowSentence(row) ??
    (detail === null ? undefined : problemForPeople({ name: refusalOf(code ?? 0)?.name, detail }))
  return (
    <>
      <Tag tone={fate === 'rejected' || fate === 'held' ? 'warn' : 'good'}>{words.fates[fate]}</Tag>
      {fate === 'rejected' && (
        <div className="tiny">{field === null || !said ? said : words.about(field, said)}</div>
      )}
      {lead_id !== null && (
        <div className="tiny">
          <Link to="/leads/$id" params={{ id: lead_id }} aria-label={words.lead_of(n)}>
            {words.lead}
          </Link>
        </div>
      )}
      {conflict_id !== null && (
        <div className="tiny">
          <Link to="/conflicts/$id" params={{ id: String(conflict_id) }} aria-label={words.conflict_of(n)}>
            {words.conflict}
          </Link>
        </div>
      )}
    </>
  )
}

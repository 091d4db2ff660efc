// What was found out about a file: it can be read in another way. And its first rows.

import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Import, ImportTable } from '../../../src/client/api.ts'
import { type TableChoices, TEXT_ENCODINGS } from '../../../src/core/table.ts'
import { client } from '../api/client.ts'
import { sampleQuery, useStep } from '../api/imports.ts'
import { typed } from '../shell/parts.tsx'
import { imports } from '../text/imports.ts'
import styles from './imports.module.css'
import { Refusal } from './parts.tsx'

const words = imports.found

/** Headings are in one of the first rows. */
const HEADING_ROWS = 20

export function Found({ found, table }: { found: Import; table: ImportTable }) {
  const { import_id, state, choices, rows, remarks } = found
  const step = useStep(import_id)
  const sample = useQuery(sampleQuery(found)).data ?? []
  const read = (change: Partial<TableChoices>) =>
    step.mutate(() => client.readImport(import_id, { ...choices, ...change }))
  const busy = state === 'reading' || step.isPending
  const guessed = (about: ImportTable['guesses'][number]) =>
    table.guesses.includes(about) ? words.guessed : undefined
  const { format, packed, delimiter, heading_row, encoding } = table
  const kind = words.formats[format]
  const delimiters: Record<string, string> = words.delimiters
  const known = Object.keys(delimiters)
  const heading_rows = Array.from({ length: HEADING_ROWS }, (_, i) => i + 1)
  return (
    <>
      <div>
        <h3 className={styles.found}>{words.title}</h3>
        <p className="dimmed small">
          {[
            packed ? words.packed(kind, packed) : kind,
            words.size(rows, table.columns.length),
            words.intro,
          ].join(' · ')}
        </p>
      </div>
      <div className={`${styles.choices} row`} aria-busy={busy}>
        {table.files.length > 1 && (
          <NativeSelect
            label={words.file}
            disabled={busy}
            value={table.file ?? ''}
            data={table.files}
            onChange={typed((file) => read({ file, sheet: undefined, heading_row: undefined }))}
          />
        )}
        {table.sheets.length > 1 && (
          <NativeSelect
            label={words.sheet}
            disabled={busy}
            value={table.sheet ?? ''}
            data={table.sheets}
            onChange={typed((sheet) => read({ sheet, heading_row: undefined }))}
          />
        )}
        {encoding !== null && (
          <NativeSelect
            label={words.encoding}
            description={guessed('encoding')}
            disabled={busy}
            value={encoding}
            data={[...TEXT_ENCODINGS]}
            onChange={typed((value) => read({ encoding: TEXT_ENCODINGS.find((one) => one === value) }))}
          />
        )}
        {delimiter !== null && (
          <NativeSelect
            label={words.delimiter}
            description={guessed('delimiter')}
            disabled={busy}
            value={delimiter}
            data={[...new Set([...known, delimiter])].map((value) => ({
              value,
              label: delimiters[value] ?? value,
            }))}
            onChange={typed((value) => read({ delimiter: value }))}
          />
        )}
        <NativeSelect
          label={words.heading_row}
          description={guessed('heading')}
          disabled={busy}
          value={String(heading_row ?? '')}
          data={[
            { value: '', label: words.no_headings },
            ...[...new Set([...heading_rows, heading_row ?? 1])].map((n) => ({
              value: String(n),
              label: words.heading_at(n),
            })),
          ]}
          onChange={typed((value) => read({ heading_row: value === '' ? null : Number(value) }))}
        />
      </div>
      {step.error && <Refusal error={step.error} />}
      {remarks.length > 0 && (
        <div className="notice" data-tone="plain">
          <strong>{words.remarks}</strong>
          <ul>
            {remarks.map((remark) => (
              <li key={`${remark.code} ${remark.column}`}>
                {words.remark(remark.column, remark.sentence)}{' '}
                {remark.rows.length > 0 && (
                  <span className="dimmed">{words.remark_rows(remark.count, remark.rows[0]!)}</span>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className="frame" aria-label={words.first_rows} tabIndex={0}>
        <table className={`${styles.rows} table`} data-settled={!busy || undefined}>
          <caption className={styles.caption}>{words.first_rows}</caption>
          <thead>
            <tr>
              <th scope="col">{words.row}</th>
              {table.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sample.map(({ row, cells }) => (
              <tr key={row}>
                <th scope="row" className="figures">
                  {row}
                </th>
                {table.columns.map((column, i) => (
                  <td key={column}>{cells[i]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

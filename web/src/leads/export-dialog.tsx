// What is exported, and how. The browser writes the file by itself, so it can be as long as it likes.

import { Button, Checkbox, Radio, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ExportFile, ExportPreview } from '../../../src/client/api.ts'
import { exportPreview } from '../../../src/client/export.ts'
import { BASE, client, must } from '../api/client.ts'
import { filtersAsked } from '../api/leads.ts'
import type { LeadSearch } from '../search.ts'
import { Modal } from '../shell/modal.tsx'
import { onSubmit } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { exporting as words } from '../text/export.ts'
import styles from './leads.module.css'

const ROWS = ['leads', 'calls'] as const
const FORMATS = ['xlsx', 'csv', 'ndjson'] as const

interface ExportDialogProps {
  search: LeadSearch
  onClose: () => void
}

export function ExportDialog({ search, onClose }: ExportDialogProps) {
  // The moment until which callbacks are overdue does not move while somebody chooses.
  const [filters] = useState(() => {
    const { cursor: _, sort: __, ...asked } = filtersAsked(search)
    return asked
  })
  const [rows, setRows] = useState<(typeof ROWS)[number]>('leads')
  const [format, setFormat] = useState<(typeof FORMATS)[number]>('xlsx')
  const [chosen, choose] = useState<ReadonlySet<string>>()
  const preview = useQuery({
    queryKey: ['export', filters],
    queryFn: () => must(exportPreview(client, filters)),
    staleTime: 0,
  })
  const found = preview.data
  const columns = chosen ?? new Set(found?.columns.filter((one) => one.is_usual).map(({ name }) => name))
  const has_columns = rows === 'leads' && format !== 'ndjson'
  const can = found !== undefined && found.leads > 0 && (!has_columns || columns.size > 0)

  const start = () => {
    const file: ExportFile = `${rows}.${format}`
    const asked = new URLSearchParams()
    for (const [name, value] of Object.entries(filters))
      if (value !== undefined) asked.set(name, String(value))
    if (format === 'csv') asked.set('bom', 'true')
    if (has_columns) {
      asked.set('headings', 'labels')
      for (const { name } of found!.columns) if (columns.has(name)) asked.append('columns', name)
    }
    const href = `${BASE}v1/exports/${file}?${asked}`
    Object.assign(document.createElement('a'), { href, download: '' }).click()
    toast(words.begun)
    onClose()
  }

  return (
    <Modal opened onClose={onClose} title={words.title} size="lg" centered>
      <form className="stack" onSubmit={onSubmit(() => can && start())}>
        <div role="status">
          {found ? (
            <p>{words.found(found.leads, found.exact)}</p>
          ) : (
            preview.isPending && <Skeleton h={20} w={180} />
          )}
        </div>
        {preview.error && <Problem error={preview.error} onRetry={() => void preview.refetch()} />}
        <Choice label={words.rows.label} names={words.rows} values={ROWS} value={rows} onChange={setRows} />
        <Choice
          label={words.formats.label}
          names={words.formats}
          values={FORMATS}
          value={format}
          onChange={setFormat}
        />
        {found && has_columns && <Columns offered={found.columns} chosen={columns} onChange={choose} />}
        <p className="dimmed small">{words.note}</p>
        <div className="row">
          <Button variant="filled" type="submit" disabled={!can}>
            {words.start}
          </Button>
          <Button onClick={onClose}>{words.cancel}</Button>
        </div>
      </form>
    </Modal>
  )
}

interface ChoiceProps<Value extends string> {
  label: string
  names: Readonly<Record<Value, string>>
  values: readonly Value[]
  value: Value
  onChange: (value: Value) => void
}

function Choice<Value extends string>({ label, names, values, value, onChange }: ChoiceProps<Value>) {
  return (
    <Radio.Group label={label} value={value} onChange={(next) => onChange(next as Value)}>
      <div className={`${styles.choices} row`}>
        {values.map((one) => (
          <Radio key={one} value={one} label={names[one]} />
        ))}
      </div>
    </Radio.Group>
  )
}

interface ColumnsProps {
  offered: ExportPreview['columns']
  chosen: ReadonlySet<string>
  onChange: (chosen: ReadonlySet<string>) => void
}

const Columns = ({ offered, chosen, onChange }: ColumnsProps) => (
  <fieldset className={styles.exported}>
    <legend className="small">{words.columns}</legend>
    {offered.map(({ name, label }) => (
      <Checkbox
        key={name}
        size="xs"
        label={<bdi>{words.names[name] ?? label}</bdi>}
        checked={chosen.has(name)}
        onChange={({ currentTarget: { checked } }) =>
          onChange(new Set(checked ? [...chosen, name] : [...chosen].filter((one) => one !== name)))
        }
      />
    ))}
  </fieldset>
)

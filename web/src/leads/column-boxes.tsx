// The columns of the list as boxes to tick.

import { Button, Checkbox } from '@mantine/core'
import { column_boxes } from '../text/column-boxes.ts'
import { text } from '../text.ts'
import { type Column, isUsual, type OfferedColumn, usualColumns } from './columns.ts'
import styles from './leads.module.css'

export interface ColumnBoxesProps {
  offered: readonly OfferedColumn[]
  chosen: readonly Column[]
  onChange: (columns: readonly Column[]) => void
}

export function ColumnBoxes({ offered, chosen, onChange }: ColumnBoxesProps) {
  const tick = (column: Column, on: boolean) =>
    onChange(offered.map((one) => one.column).filter((one) => (one === column ? on : chosen.includes(one))))
  return (
    <>
      <fieldset className={styles.columns} aria-label={text.leads.choose_columns}>
        {offered.map(({ column, label }) => (
          <Checkbox
            key={column}
            size="xs"
            label={<bdi>{label}</bdi>}
            checked={chosen.includes(column)}
            onChange={({ currentTarget: { checked } }) => tick(column, checked)}
          />
        ))}
      </fieldset>
      <Button mt={10} size="compact-sm" disabled={isUsual(chosen)} onClick={() => onChange(usualColumns)}>
        {column_boxes.usual}
      </Button>
    </>
  )
}

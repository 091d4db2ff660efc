// Values that are the same for all rows: for what the file has no column for.

import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { ImportMapping, Template } from '../../../src/client/api.ts'
import { typed } from '../shell/parts.tsx'
import { mapping as words } from '../text/import-columns.ts'
import styles from './imports.module.css'
import { keyOf } from './mapping.ts'
import { fieldChoices } from './target-picker.tsx'

type Constant = ImportMapping['constants'][number]

interface ConstantsProps {
  mapping: ImportMapping
  template: Template
  wrong: ReadonlyMap<string, string>
  onChange: (constants: Constant[]) => void
}

export function Constants({ mapping: { columns, constants }, template, wrong, onChange }: ConstantsProps) {
  const groups = fieldChoices(template)
  const all = groups.flatMap(({ items }) => items)
  const taken = new Set([...columns, ...constants].map(({ target }) => keyOf(target)))
  const free = all.filter(({ value }) => !taken.has(value))
  const labelOf = ({ target }: Constant) => all.find(({ value }) => value === keyOf(target))?.label ?? ''
  return (
    <fieldset className="stack" style={{ marginTop: 12 }}>
      <legend className={styles.legend}>{words.constants}</legend>
      <p className="dimmed small">{words.constants_intro}</p>
      {constants.map((constant, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two of them may go to the same field for a moment
        <div key={i} className={`${styles.constant} row`}>
          <NativeSelect
            size="xs"
            label={words.constant_field}
            error={wrong.get(`constants/${i}`)}
            value={keyOf(constant.target)}
            data={groups}
            onChange={typed((value) =>
              onChange(constants.with(i, { ...constant, target: JSON.parse(value) as Constant['target'] })),
            )}
          />
          <TextInput
            size="xs"
            label={words.constant_value}
            value={constant.text}
            onChange={typed((text) => onChange(constants.with(i, { ...constant, text })))}
          />
          <Button
            size="xs"
            aria-label={words.constant_remove(labelOf(constant))}
            onClick={() => onChange(constants.toSpliced(i, 1))}
          >
            {words.remove}
          </Button>
        </div>
      ))}
      {free[0] && (
        <div>
          <Button
            size="xs"
            onClick={() =>
              onChange([...constants, { target: JSON.parse(free[0]!.value) as Constant['target'], text: '' }])
            }
          >
            {words.constant_add}
          </Button>
        </div>
      )}
    </fieldset>
  )
}

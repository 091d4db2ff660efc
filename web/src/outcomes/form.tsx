// The inputs of an outcome, with what it does as a sentence below them.

import { Checkbox, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { Disposition } from '../../../src/client/api.ts'
import { outcomeSentence } from '../../../src/core/outcome-sentence.ts'
import { closes, DISPOSITION_KINDS } from '../../../src/core/rules.ts'
import { NumberField } from '../set-up/number-field.tsx'
import { typed } from '../shell/parts.tsx'
import { outcomes } from '../text/outcomes.ts'
import styles from './outcomes.module.css'

const { form: words, one } = outcomes

export type Rule = Pick<
  Disposition,
  'code' | 'kind' | 'priority' | 'delay_s' | 'next_day' | 'redials_max' | 'enabled'
>

interface RuleInputsProps {
  rule: Rule
  /** The kind of what comes with Leadline stays. */
  built_in: boolean
  onChange: (change: Partial<Rule>) => void
  problemOf: (key: keyof Rule) => string | undefined
}

const PRIORITY_MAX = 100
const REDIALS_MAX = 1_000
const YEAR_S = 31_536_000
const UNITS = [86_400, 3_600, 60, 1] as const
const USUAL_DELAY_S = 3_600

/** What contradicts a kind goes with it. */
const ofKind = (kind: Rule['kind'], { delay_s, next_day, redials_max }: Rule): Partial<Rule> => ({
  kind,
  delay_s: closes({ kind }) ? null : delay_s,
  next_day: !closes({ kind }) && next_day,
  redials_max: kind === 'retry' ? redials_max : null,
})

type When = keyof typeof words.whens

const whenOf = ({ delay_s, next_day }: Rule): When =>
  next_day ? 'next_day' : delay_s === null ? 'at_once' : 'delay'

export function RuleInputs({ rule, built_in, onChange, problemOf }: RuleInputsProps) {
  const { kind, priority, delay_s, redials_max, enabled } = rule
  const when = whenOf(rule)
  return (
    <>
      <NativeSelect
        label={words.kind}
        description={built_in ? one.built_in : undefined}
        disabled={built_in}
        value={kind}
        data={DISPOSITION_KINDS.map((value) => ({ value, label: words.kinds[value] }))}
        error={problemOf('kind')}
        onChange={typed((chosen) => onChange(ofKind(chosen as Rule['kind'], rule)))}
      />
      {!closes(rule) && (
        <div className={styles.pair}>
          <NativeSelect
            label={kind === 'retry' ? words.when : words.when_callback}
            value={when}
            data={Object.entries(words.whens).map(([value, label]) => ({ value, label }))}
            error={problemOf('next_day')}
            onChange={typed((chosen) =>
              onChange({
                next_day: chosen === 'next_day',
                delay_s: chosen === 'delay' ? USUAL_DELAY_S : null,
              }),
            )}
          />
          {when === 'delay' && (
            <Length
              seconds={delay_s ?? 0}
              error={problemOf('delay_s')}
              onChange={(seconds) => onChange({ delay_s: seconds })}
            />
          )}
        </div>
      )}
      <div className={styles.pair}>
        {kind === 'retry' && (
          <NumberField
            label={words.limit}
            description={words.limit_hint}
            max={REDIALS_MAX}
            value={redials_max}
            error={problemOf('redials_max')}
            onChange={(value) => onChange({ redials_max: value })}
          />
        )}
        <NumberField
          label={words.priority}
          description={words.priority_hint}
          max={PRIORITY_MAX}
          required
          value={priority}
          error={problemOf('priority')}
          onChange={(value) => value !== null && onChange({ priority: value })}
        />
      </div>
      <Checkbox
        label={words.on}
        checked={enabled}
        onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
      />
      <p className={styles.sentence} role="status">
        {outcomeSentence(rule)}
      </p>
    </>
  )
}

interface LengthProps {
  seconds: number
  error: string | undefined
  onChange: (seconds: number) => void
}

/** A length of time in the largest unit that fits, until another one is chosen. */
function Length({ seconds, error, onChange }: LengthProps) {
  const [unit, setUnit] = useState<number>(
    () => UNITS.find((one) => seconds >= one && seconds % one === 0) ?? 60,
  )
  return (
    <div className={styles.length}>
      <NumberField
        label={words.length}
        max={Math.floor(YEAR_S / unit)}
        required
        value={seconds / unit}
        error={error}
        onChange={(n) => n !== null && onChange(n * unit)}
      />
      <NativeSelect
        label={words.unit}
        value={String(unit)}
        data={Object.entries(words.units).map(([value, label]) => ({ value, label }))}
        onChange={typed((chosen) => {
          setUnit(Number(chosen))
          onChange(Math.min(Math.round(seconds / unit) * Number(chosen), YEAR_S))
        })}
      />
    </div>
  )
}

// One of a few, or some of a few, all of them in sight.

import { Checkbox, Radio } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import styles from './choices-field.module.css'
import { PLAIN_MAX } from './parts.tsx'

interface FieldProps {
  label: string
  hint?: ReactNode
  error?: ReactNode
  children: ReactNode
}

const Field = ({ label, hint, error, children }: FieldProps) => (
  <fieldset className={styles.choices}>
    <legend>{label}</legend>
    {hint && <p className="dimmed tiny">{hint}</p>}
    {children}
    {error && <p className={`${styles.error} tiny`}>{error}</p>}
  </fieldset>
)

export interface Labelled<Value> {
  value: Value
  label: string
  hint?: ReactNode
  disabled?: boolean
}

interface OneOfProps<Value> extends Omit<FieldProps, 'children'> {
  choices: readonly Labelled<Value>[]
  value: Value | null
  onChange: (value: Value) => void
}

export function OneOf<Value extends string | number>({
  choices,
  value,
  onChange,
  error,
  ...field
}: OneOfProps<Value>) {
  const name = useId()
  return (
    <Field {...field} error={error}>
      {choices.map((one) => (
        <Radio
          key={one.value}
          name={name}
          label={one.label}
          description={one.hint}
          disabled={one.disabled}
          checked={value === one.value}
          aria-invalid={error ? true : undefined}
          onChange={() => onChange(one.value)}
        />
      ))}
    </Field>
  )
}

interface SomeOfProps<Value> extends Omit<FieldProps, 'children'> {
  choices: readonly Labelled<Value>[]
  values: readonly Value[]
  onChange: (values: Value[]) => void
}

export function SomeOf<Value extends string | number>({
  choices,
  values,
  onChange,
  error,
  ...field
}: SomeOfProps<Value>) {
  const boxes = choices.map((one) => (
    <Checkbox
      key={one.value}
      label={one.label}
      description={one.hint}
      disabled={one.disabled}
      checked={values.includes(one.value)}
      aria-invalid={error ? true : undefined}
      onChange={({ currentTarget: { checked } }) =>
        onChange(checked ? [...values, one.value] : values.filter((value) => value !== one.value))
      }
    />
  ))
  return (
    <Field {...field} error={error}>
      {choices.length > PLAIN_MAX ? <div className={styles.many}>{boxes}</div> : boxes}
    </Field>
  )
}

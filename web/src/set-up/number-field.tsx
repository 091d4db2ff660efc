// A whole number. The browser says what is wrong with it when its form is sent.

import { TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { typed } from '../shell/parts.tsx'

interface NumberFieldProps extends Pick<TextInputProps, 'label' | 'description' | 'error' | 'required'> {
  value: number | null
  onChange: (value: number | null) => void
  max: number
}

export function NumberField({ value, onChange, max, required, ...input }: NumberFieldProps) {
  // What is typed may be no number yet.
  const [text, setText] = useState<string | null>(null)
  return (
    <TextInput
      {...input}
      type="number"
      inputMode="numeric"
      min={0}
      max={max}
      step={1}
      required={required}
      withAsterisk={false}
      value={text ?? (value === null ? '' : String(value))}
      onChange={typed((next) => {
        setText(next)
        if (next === '') onChange(null)
        else if (/^\d+$/.test(next)) onChange(Number(next))
      })}
      onBlur={() => setText(null)}
    />
  )
}

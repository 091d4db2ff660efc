// Placeholders, picked from a list: they go to the cursor of the field that was typed into last.

import { type RefObject, useRef } from 'react'
import { SYSTEM_VALUES } from '../../../src/core/action-template.ts'
import { liveFields, useSetUp } from '../api/set-up.ts'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { actions } from '../text/actions.ts'

const words = actions.form

type Box = HTMLInputElement | HTMLTextAreaElement

/** Where the cursor was last. */
interface Place {
  box: Box
  set: (text: string) => void
}

export type LastPlace = RefObject<Place | null>

export const useLastPlace = (): LastPlace => useRef<Place | null>(null)

/** For an input that takes placeholders. The way to the list by Tab leads through others, which does not count. */
export const takesPlaceholders = (last: LastPlace, set: (text: string) => void) => {
  const here = (box: Box) => {
    last.current = { box, set }
  }
  return {
    ref: (box: Box | null) => {
      if (box && !last.current) here(box)
    },
    onClick: ({ currentTarget }: { currentTarget: Box }) => here(currentTarget),
    onKeyUp: ({ key, currentTarget }: { key: string; currentTarget: Box }) => {
      if (key !== 'Tab' && key !== 'Shift') here(currentTarget)
    },
  }
}

export function useFieldNames(): string[] {
  const templates = useSetUp().data?.templates ?? []
  return [...new Set(templates.flatMap((template) => liveFields(template).map(({ name }) => name)))].sort()
}

export function Placeholders({ last }: { last: LastPlace }) {
  const names = useFieldNames()
  const insert = (name: string) => {
    if (!last.current) return
    const { box, set } = last.current
    const [from, to] = [box.selectionStart ?? box.value.length, box.selectionEnd ?? box.value.length]
    const placeholder = `\${${name}}`
    set(box.value.slice(0, from) + placeholder + box.value.slice(to))
    box.focus()
    // Once it is drawn.
    requestAnimationFrame(() => box.setSelectionRange(from + placeholder.length, from + placeholder.length))
  }
  return (
    <ChoiceInput
      label={words.placeholder}
      description={words.placeholder_hint}
      placeholder={words.choose_placeholder}
      choices={[
        ...names.map((name) => ({ value: name, label: name, group: words.fields_group })),
        ...SYSTEM_VALUES.map((name) => ({
          value: name,
          label: actions.system_values[name],
          group: words.values_group,
        })),
      ]}
      value={null}
      onChoose={insert}
    />
  )
}

import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import IconSearch from '@tabler/icons-react/icons/IconSearch'
import { type Ref, useEffect, useRef, useState } from 'react'
import { shortcutsOn } from '../../shell/shortcuts.ts'
import { useStore } from '../../store.ts'
import { text } from '../../text.ts'
import styles from './leads.module.css'

/** How long nobody types before it is looked for, milliseconds. */
const PAUSE_MS = 250

export interface SearchBoxProps {
  ref: Ref<HTMLInputElement>
  value: string
  onChange: (value: string) => void
  /** Arrow down: into the list. */
  onDown: () => void
}

export function SearchBox({ ref, value, onChange, onDown }: SearchBoxProps) {
  const [typed, setTyped] = useState(value)
  const asked = useRef(value)
  const shortcuts = useStore(shortcutsOn)
  const ask = (wanted: string) => {
    asked.current = wanted.trim()
    onChange(asked.current)
  }
  const askLater = useDebouncedCallback(ask, PAUSE_MS)
  // The address has changed by something else than this box: back, a link, "clear all".
  useEffect(() => {
    if (value !== asked.current) {
      asked.current = value
      setTyped(value)
    }
  }, [value])
  const now = (wanted: string) => {
    askLater.cancel()
    setTyped(wanted)
    ask(wanted)
  }
  return (
    <search className={styles.search}>
      <TextInput
        ref={ref}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        size="sm"
        aria-label={text.leads.search}
        placeholder={text.leads.search_hint}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        leftSection={<IconSearch size={16} />}
        rightSection={
          typed !== '' ? (
            <CloseButton size="sm" aria-label={text.leads.clear_search} onClick={() => now('')} />
          ) : (
            shortcuts && (
              <Kbd size="xs" aria-hidden>
                {text.leads.search_key}
              </Kbd>
            )
          )
        }
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          askLater(event.currentTarget.value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') now(typed)
          else if (event.key === 'Escape' && typed !== '') now('')
          else if (event.key === 'ArrowDown') {
            event.preventDefault()
            onDown()
          }
        }}
      />
    </search>
  )
}

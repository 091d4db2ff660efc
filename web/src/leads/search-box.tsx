// The box that finds leads by whatever somebody types or pastes.

import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import IconSearch from '@tabler/icons-react/icons/IconSearch'
import { type Ref, useEffect, useRef, useState } from 'react'
import { typed } from '../shell/parts.tsx'
import { shortcutsOn } from '../shell/shortcuts.tsx'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import styles from './leads.module.css'

const words = text.leads

/** The pause in typing after which the search is sent, milliseconds. */
const PAUSE_MS = 250

interface SearchBoxProps {
  ref: Ref<HTMLInputElement>
  value: string
  onChange: (value: string) => void
  /** Enter: the only lead that is found is wanted. */
  onEnter: (value: string) => void
  /** Arrow down: into the list. */
  onDown: () => void
}

export function SearchBox({ ref, value, onChange, onEnter, onDown }: SearchBoxProps) {
  const [wanted, setWanted] = useState(value)
  const asked = useRef(value)
  const shortcuts = useStore(shortcutsOn)
  const ask = (text: string) => {
    asked.current = text.trim()
    onChange(asked.current)
  }
  const askLater = useDebouncedCallback(ask, PAUSE_MS)
  // Something else has changed the address: back, a link, "clear all".
  useEffect(() => {
    if (value === asked.current) return
    asked.current = value
    setWanted(value)
  }, [value])
  const now = (text: string) => {
    askLater.cancel()
    setWanted(text)
    ask(text)
  }
  return (
    <search className={styles.search}>
      <TextInput
        ref={ref}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        size="sm"
        dir="auto"
        aria-label={words.search}
        placeholder={words.search_hint}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        leftSection={<IconSearch size={16} />}
        rightSection={
          wanted !== '' ? (
            <CloseButton size="sm" aria-label={words.clear_search} onClick={() => now('')} />
          ) : (
            shortcuts && (
              <kbd className={styles.key} aria-hidden>
                {words.search_key}
              </kbd>
            )
          )
        }
        value={wanted}
        onChange={typed((value) => {
          setWanted(value)
          askLater(value)
        })}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter') {
            now(wanted)
            onEnter(wanted.trim())
          } else if (event.key === 'Escape' && wanted !== '') now('')
          else if (event.key === 'ArrowDown') {
            event.preventDefault()
            onDown()
          }
        }}
      />
    </search>
  )
}

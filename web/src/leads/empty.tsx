// What the list says when there is no lead to show.

import { Button } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import type { LeadSearch } from '../search.ts'
import { text } from '../text.ts'
import styles from './leads.module.css'

const words = text.leads

const CreateLink = createLink((props: ComponentProps<'a'>) => (
  <Button {...props} component="a" variant="filled" />
))

interface EmptyProps {
  search: LeadSearch
  filtered: boolean
  onClear: () => void
  /** There are leads that have not been looked through. */
  onSearchOn?: () => void
}

export function Empty({ search: { q, allocation_id }, filtered, onClear, onSearchOn }: EmptyProps) {
  const [title, what] = onSearchOn
    ? [words.so_far_title, words.so_far]
    : filtered
      ? [words.nothing_title, words.nothing]
      : [words.empty_title, words.empty]
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      <p className="dimmed">{what}</p>
      <div className="row">
        {onSearchOn && (
          <Button variant="filled" onClick={onSearchOn}>
            {words.search_on}
          </Button>
        )}
        {filtered && <Button onClick={onClear}>{words.nothing_clear}</Button>}
        {!onSearchOn && (q !== undefined || !filtered) && (
          <CreateLink to="/leads/new" search={{ allocation_id, from: q }}>
            {q === undefined ? words.create : <bdi>{words.create_with(q)}</bdi>}
          </CreateLink>
        )}
      </div>
    </div>
  )
}

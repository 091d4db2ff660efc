import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { text } from '../../text.ts'
import styles from './leads.module.css'

const words = text.leads

export interface EmptyProps {
  filtered: boolean
  onClear: () => void
  /** There are leads that have not been looked through. */
  onSearchOn?: () => void
}

export function Empty({ filtered, onClear, onSearchOn }: EmptyProps) {
  const [title, what] = onSearchOn
    ? [words.so_far_title, words.so_far]
    : filtered
      ? [words.nothing_title, words.nothing]
      : [words.empty_title, words.empty]
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      <p className="dimmed">{what}</p>
      <div className={styles.ways}>
        {onSearchOn && <Button onClick={onSearchOn}>{words.search_on}</Button>}
        {filtered && (
          <Button variant="default" onClick={onClear}>
            {words.nothing_clear}
          </Button>
        )}
        {!filtered && !onSearchOn && (
          <Button component={Link} to="/leads/new">
            {words.create}
          </Button>
        )}
      </div>
    </div>
  )
}

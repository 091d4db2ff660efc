import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { text } from '../../text.ts'
import styles from './leads.module.css'

const words = text.leads

export function Empty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return (
    <div className={styles.empty}>
      <h2>{filtered ? words.nothing_title : words.empty_title}</h2>
      <p className="dimmed">{filtered ? words.nothing : words.empty}</p>
      {filtered ? (
        <Button variant="default" onClick={onClear}>
          {words.nothing_clear}
        </Button>
      ) : (
        <Button component={Link} to="/leads/new">
          {words.create}
        </Button>
      )}
    </div>
  )
}

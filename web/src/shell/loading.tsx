import { Loader } from '@mantine/core'
import { text } from '../text.ts'
import styles from './loading.module.css'

export function Loading() {
  return (
    <div className={styles.loading} role="status">
      <Loader size="sm" />
      <span className="visually-hidden">{text.shell.loading}</span>
    </div>
  )
}

import type { ReactNode } from 'react'
import styles from './tag.module.css'

export interface TagProps {
  tone?: 'plain' | 'strong' | 'warn' | 'good'
  title?: string
  children: ReactNode
}

/** A word about something, set apart. */
export const Tag = ({ tone = 'plain', title, children }: TagProps) => (
  <span className={styles.tag} data-tone={tone} title={title}>
    {children}
  </span>
)

import { UnstyledButton } from '@mantine/core'
import IconCheck from '@tabler/icons-react/icons/IconCheck'
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown'
import IconX from '@tabler/icons-react/icons/IconX'
import type { ComponentProps } from 'react'
import { text } from '../text.ts'
import styles from './leads.module.css'

const words = text.leads.filters

interface PillProps extends Omit<ComponentProps<'button'>, 'name' | 'value'> {
  name: string
  /** Its value; absent: not set. */
  shown?: string
  /** For a filter that is on or off. */
  pressed?: boolean
  onRemove?: () => void
}

/** A filter as a pill. */
export function Pill({ name, shown, pressed, onRemove, className, ...button }: PillProps) {
  const label = shown === undefined ? name : words.chip(name, shown)
  return (
    <span className={styles.pill} data-set={shown !== undefined || pressed || undefined}>
      <UnstyledButton
        {...button}
        className={[styles.button, className].filter(Boolean).join(' ')}
        aria-pressed={pressed}
        aria-label={label}
      >
        {pressed && <IconCheck size={13} aria-hidden />}
        <span className={styles.text}>{label}</span>
        {pressed === undefined && shown === undefined && <IconChevronDown size={13} aria-hidden />}
      </UnstyledButton>
      {shown !== undefined && onRemove && (
        <UnstyledButton className={styles.remove} aria-label={words.remove(name)} onClick={onRemove}>
          <IconX size={13} aria-hidden />
        </UnstyledButton>
      )}
    </span>
  )
}

// A phone number that people call or copy, big enough to be read aloud from a distance.

import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import IconCheck from '@tabler/icons-react/icons/IconCheck'
import IconCopy from '@tabler/icons-react/icons/IconCopy'
import { usePhoneText } from '../phone-text.ts'
import { text } from '../text.ts'
import { announce } from './parts.tsx'
import styles from './phone.module.css'

const words = text.shell.phone

interface PhoneProps {
  /** E.164: +61412345678 */
  number: string
  /** Of the lead's template: AU. Numbers of other countries are written internationally. */
  region: string | undefined
  /** It must not be called: there is no link that dials. */
  blocked?: boolean
  /** It is dialled: here, or on the telephone that it is copied to. */
  onDial?: () => void
}

export function Phone({ number, region, blocked, onDial }: PhoneProps) {
  const shown = usePhoneText()(number, region)
  return (
    <span className={styles.phone}>
      {blocked ? (
        <span className={`${styles.number} dimmed`}>{shown}</span>
      ) : (
        <a className={styles.number} href={`tel:${number}`} aria-label={words.call(shown)} onClick={onDial}>
          {shown}
        </a>
      )}
      <CopyButton value={number}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? words.copied(shown) : words.copy(shown)}>
            <ActionIcon
              size={32}
              aria-label={words.copy(shown)}
              onClick={() => {
                copy()
                onDial?.()
                announce(words.copied(shown))
              }}
            >
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  )
}

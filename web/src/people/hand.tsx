// What a person needs to sign in for the first time, shown once to whoever passes it on.

import { Button } from '@mantine/core'
import { BASE } from '../api/client.ts'
import { Modal } from '../shell/modal.tsx'
import { Copy } from '../shell/parts.tsx'
import { people } from '../text/people.ts'
import styles from './people.module.css'

const words = people.hand

export interface Handed {
  name: string
  login: string
  password: string
}

export function Hand({ name, login, password, onClose }: Handed & { onClose: () => void }) {
  const told = [
    [words.address, window.location.origin + BASE],
    [words.login, login],
    [words.password, password],
  ] as const
  return (
    <Modal
      opened
      onClose={onClose}
      // A password that is gone before it was copied is lost.
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      title={words.title(name)}
      size="md"
      centered
    >
      <div className="stack">
        <p>{words.intro}</p>
        <dl className={styles.told}>
          {told.map(([label, value]) => (
            <div key={label}>
              <dt className="dimmed">{label}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
        </dl>
        <div className="row">
          <Button variant="filled" onClick={onClose}>
            {words.close}
          </Button>
          <Copy label={words.copy} value={told.map(([label, value]) => `${label}: ${value}`).join('\n')} />
        </div>
      </div>
    </Modal>
  )
}

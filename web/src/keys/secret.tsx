// A new key, shown this once, with a request that tries it.

import { Button } from '@mantine/core'
import type { MadeApiKey } from '../../../src/client/api.ts'
import { useSetUp } from '../api/set-up.ts'
import { Modal } from '../shell/modal.tsx'
import { Copy } from '../shell/parts.tsx'
import { firstRequest, quoted } from '../start/example.ts'
import { keys } from '../text/keys.ts'
import styles from './keys.module.css'

const words = keys.secret

export function Secret({ made, onClose }: { made: MadeApiKey; onClose: () => void }) {
  const set_up = useSetUp().data
  const first = set_up && firstRequest(set_up, made)
  const pasted = first && `export LEADLINE_API_KEY=${quoted(made.key)}\n${first}`
  return (
    <Modal
      opened
      onClose={onClose}
      // A key that is gone before it was copied is lost.
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      title={words.title(made.name)}
      size="lg"
      centered
    >
      <div className="stack">
        <p>{words.intro}</p>
        <p className={styles.secret}>
          <code>{made.key}</code>
        </p>
        <div className="row">
          <Copy label={words.copy} value={made.key} />
        </div>
        {pasted && (
          <>
            <p>{words.first}</p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
            <pre className={styles.code} tabIndex={0}>
              {pasted}
            </pre>
            <div className="row">
              <Copy label={words.copy_first} value={pasted} />
            </div>
          </>
        )}
        <div className="row">
          <Button variant="filled" onClick={onClose}>
            {words.done}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

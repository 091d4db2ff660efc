// The sheet of shortcuts that work now.

import { Kbd, Modal, Switch } from '@mantine/core'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import styles from './shell.module.css'
import { activeShortcuts, sheetOpen, shortcutsOn } from './shortcuts.tsx'

const words = text.shell.shortcuts

export function ShortcutSheet() {
  const on = useStore(shortcutsOn)
  const all = useStore(activeShortcuts)
  const groups = { screen: all.filter(({ group }) => !group), everywhere: all.filter(({ group }) => group) }
  return (
    <Modal opened={useStore(sheetOpen)} onClose={() => sheetOpen.set(false)} title={words.title} size="md">
      {(['screen', 'everywhere'] as const)
        .filter((group) => groups[group].length > 0)
        .map((group) => (
          <section key={group} className={styles.group}>
            <h3>{words.groups[group]}</h3>
            <dl>
              {groups[group].map(({ keys, does }) => (
                <div key={keys + does} className={styles.shortcut}>
                  <dt>{does}</dt>
                  <dd>
                    <Keys of={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      <Switch
        size="sm"
        label={words.on_off}
        description={words.note}
        checked={on}
        onChange={(event) => shortcutsOn.set(event.currentTarget.checked)}
      />
    </Modal>
  )
}

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent)
const shown = (keys: string) =>
  keys.replace('mod+', isMac ? '⌘ ' : 'Ctrl ').replace(/ ([a-z])$/, (part) => part.toUpperCase())

function Keys({ of }: { of: string }) {
  const [one, two] = of.startsWith('mod+') ? [shown(of)] : of.split(' ')
  return (
    <>
      <Kbd>{one}</Kbd>
      {two && <span className="tiny dimmed"> {words.pair} </span>}
      {two && <Kbd>{two}</Kbd>}
    </>
  )
}

import { Kbd, Modal, Switch } from '@mantine/core'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import styles from './shortcut-sheet.module.css'
import { activeShortcuts, type Shortcut, sheetOpen, shortcutsOn } from './shortcuts.ts'

const words = text.shell.shortcuts

export function ShortcutSheet() {
  const open = useStore(sheetOpen)
  const on = useStore(shortcutsOn)
  const all = useStore(activeShortcuts)
  const groups = (['screen', 'everywhere'] as const).map((group) => ({
    group,
    shortcuts: all.filter((shortcut) => (shortcut.group ?? 'screen') === group),
  }))
  return (
    <Modal opened={open} onClose={() => sheetOpen.set(false)} title={words.title} size="md">
      {groups
        .filter(({ shortcuts }) => shortcuts.length > 0)
        .map(({ group, shortcuts }) => (
          <section key={group} className={styles.group}>
            <h3>{words.groups[group]}</h3>
            <dl className={styles.list}>
              {shortcuts.map((shortcut) => (
                <div key={shortcut.keys + shortcut.does} className={styles.row}>
                  <dt>{shortcut.does}</dt>
                  <dd>
                    <Keys of={shortcut} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      <Switch
        className={styles.switch}
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
const shown = (key: string) =>
  key.replace('mod+', isMac ? '⌘ ' : 'Ctrl ').replace(/ ([a-z])$/, (part) => part.toUpperCase())

function Keys({ of }: { of: Shortcut }) {
  if (of.keys.startsWith('mod+')) return <Kbd>{shown(of.keys)}</Kbd>
  const [one, two] = of.keys.split(' ')
  return (
    <>
      <Kbd>{one}</Kbd>
      {two && <span className={styles.then}>{words.pair}</span>}
      {two && <Kbd>{two}</Kbd>}
    </>
  )
}

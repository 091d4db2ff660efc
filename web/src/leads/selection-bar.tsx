// What can be done with the chosen leads. The dialogs are loaded when one is opened.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { hasRole, useOperator } from '../api/session.ts'
import type { SetUp } from '../api/set-up.ts'
import { lazyPart } from '../load-screen.tsx'
import { selection as words } from '../text/selection.ts'
import { text } from '../text.ts'
import styles from './leads.module.css'
import type { Selection } from './selection.ts'

const BulkDialog = lazyPart(() => import('./bulk-dialog.tsx'), 'BulkDialog')

export type Deed = 'outcome' | 'move' | 'dnc' | 'forget'

const DEEDS: readonly { deed: Deed; least_role: 'agent' | 'lead' }[] = [
  { deed: 'outcome', least_role: 'agent' },
  { deed: 'move', least_role: 'lead' },
  { deed: 'dnc', least_role: 'agent' },
  { deed: 'forget', least_role: 'lead' },
]

interface SelectionBarProps {
  selection: Selection
  set_up: SetUp | undefined
}

export function SelectionBar({ selection, set_up }: SelectionBarProps) {
  const me = useOperator()
  const [deed, setDeed] = useState<Deed | null>(null)
  const { size } = selection.chosen
  return (
    <fieldset className={`${styles.chosen} row`} aria-label={words.label}>
      <strong className="small figures">{text.leads.selection.chosen(size)}</strong>
      {DEEDS.filter(({ least_role }) => hasRole(me, least_role)).map((one) => (
        <Button key={one.deed} size="compact-sm" onClick={() => setDeed(one.deed)}>
          {words.deeds[one.deed]}
        </Button>
      ))}
      <Button size="compact-sm" variant="subtle" onClick={() => selection.set([])}>
        {words.none}
      </Button>
      {deed && set_up && (
        <BulkDialog
          deed={deed}
          leads={[...selection.chosen.values()]}
          set_up={set_up}
          onClose={(left) => {
            setDeed(null)
            if (left) selection.set(left)
          }}
        />
      )}
    </fieldset>
  )
}

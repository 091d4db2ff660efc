// Makes a rule of a group of conflicts: who wins from now on.

import { Button, Checkbox, NativeSelect, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { client, must } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'
import { applyInParts, conflictsChanged } from '../api/inbox.ts'
import { Modal } from '../shell/modal.tsx'
import { onSubmit, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { conflict_rules } from '../text/conflict-rules.ts'
import styles from './conflicts.module.css'
import { type Kind, senderName, useKindName } from './names.ts'

const words = conflict_rules.rules.make
const DAY_MS = 86_400_000

interface MakeRuleProps {
  kind: Kind
  /** How many are open now. */
  open: number
  onClose: () => void
}

export function MakeRule({ kind, open, onClose }: MakeRuleProps) {
  const name = useKindName()(kind)
  const [side, setSide] = useState<'mine' | 'theirs' | null>(null)
  const [reason, setReason] = useState('')
  const [days, setDays] = useState('never')
  const [apply, setApply] = useState(false)
  const make = useMutation({
    mutationFn: async () => {
      const { template_id, caller, groups } = kind
      const until = days === 'never' ? null : new Date(serverNow() + Number(days) * DAY_MS).toISOString()
      const rule = { template_id, caller, groups: [...groups], side: side!, reason: reason.trim(), until }
      const { rule_id } = await must(client.createConflictRule(rule))
      return apply ? applyInParts(rule_id) : 0
    },
    onSuccess: (settled) => {
      toast(words.done(settled))
      onClose()
    },
    onSettled: conflictsChanged,
  })
  const can = side !== null && reason.trim() !== ''
  return (
    <Modal opened onClose={onClose} title={words.title(name)} size="md" centered>
      <form className="stack" onSubmit={onSubmit(() => !can || make.isPending || make.mutate())}>
        <p className="small dimmed">{conflict_rules.rules.intro}</p>
        <fieldset className={styles.sides}>
          <legend>{words.side}</legend>
          {(['mine', 'theirs'] as const).map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="side"
                data-autofocus={one === 'mine' || undefined}
                checked={side === one}
                onChange={() => setSide(one)}
              />
              {one === 'mine' ? words.mine(senderName(kind)) : words.theirs}
            </label>
          ))}
        </fieldset>
        <Textarea
          label={words.reason}
          rows={2}
          required
          maxLength={1_000}
          value={reason}
          onChange={typed(setReason)}
        />
        <NativeSelect
          label={words.until}
          value={days}
          data={Object.entries(words.untils).map(([value, label]) => ({ value, label }))}
          onChange={typed(setDays)}
        />
        <Checkbox
          label={words.apply(open)}
          checked={apply}
          onChange={(event) => setApply(event.currentTarget.checked)}
        />
        {make.error && <Problem error={make.error} />}
        <div className="row">
          <Button variant="filled" type="submit" loading={make.isPending} disabled={!can}>
            {words.make}
          </Button>
          <Button onClick={onClose}>{words.cancel}</Button>
        </div>
      </form>
    </Modal>
  )
}

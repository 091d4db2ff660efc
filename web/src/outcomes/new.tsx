// Adds an outcome to a set.

import { useState } from 'react'
import type { DispositionSet } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import { NameDialog } from '../set-up/name-dialog.tsx'
import { toast } from '../shell/toast.tsx'
import { outcomes } from '../text/outcomes.ts'
import { type Rule, RuleInputs } from './form.tsx'

const { form: words, one } = outcomes

const PLAIN: Omit<Rule, 'code'> = {
  kind: 'retry',
  priority: 10,
  delay_s: 3_600,
  next_day: false,
  redials_max: 3,
  enabled: true,
}

export function NewOutcome({ set, onClose }: { set: DispositionSet; onClose: () => void }) {
  const [rule, setRule] = useState(PLAIN)
  const { disposition_set_id, version } = set
  return (
    <NameDialog
      title={one.add}
      label={words.name}
      submit={words.add}
      field="code"
      moved={words.moved}
      send={(code) => client.createDisposition(disposition_set_id, { code, ...rule }, version)}
      onDone={(_, code) => toast(words.added(code))}
      onClose={onClose}
    >
      <RuleInputs
        rule={{ ...rule, code: words.this_one }}
        built_in={false}
        onChange={(change) => setRule({ ...rule, ...change })}
        problemOf={() => undefined}
      />
    </NameDialog>
  )
}

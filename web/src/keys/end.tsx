// The end of a key: it is replaced by another one, or revoked.

import '../text/set-up-problems.ts'
import { NativeSelect } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiKey, MadeApiKey } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { keysChanged } from '../api/keys.ts'
import { FormDialog } from '../shell/form-dialog.tsx'
import { Ago, typed } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { keys } from '../text/keys.ts'

const DAY_S = 86_400

interface EndProps {
  one: ApiKey
  onClose: () => void
}

export function Rotation({ one, onClose, onMade }: EndProps & { onMade: (made: MadeApiKey) => void }) {
  const words = keys.rotation
  const [overlap_s, setOverlap] = useState<number>(DAY_S)
  const saving = useMutation({
    mutationFn: () => must(client.rotateApiKey(one.key_id, { overlap_s })),
    onSuccess: (made) => {
      onClose()
      onMade(made)
    },
    onSettled: keysChanged,
    // The answer holds the key.
    gcTime: 0,
  })
  return (
    <FormDialog
      title={words.title(one.name)}
      submit={words.submit}
      saving={saving}
      onSend={() => saving.mutate()}
      onClose={onClose}
    >
      <p>{words.intro}</p>
      <NativeSelect
        data-autofocus
        label={words.overlap}
        value={String(overlap_s)}
        data={words.overlaps.map(([seconds, label]) => ({ value: String(seconds), label }))}
        onChange={typed((value) => setOverlap(Number(value)))}
      />
    </FormDialog>
  )
}

export function Revocation({ one, onClose }: EndProps) {
  const words = keys.revocation
  const saving = useMutation({
    mutationFn: () => must(client.revokeApiKey(one.key_id)),
    onSuccess: () => {
      toast(words.done(one.name))
      onClose()
    },
    onSettled: keysChanged,
  })
  return (
    <FormDialog
      title={words.title(one.name)}
      submit={words.submit}
      danger
      saving={saving}
      size="sm"
      onSend={() => saving.mutate()}
      onClose={onClose}
    >
      <p>{words.intro}</p>
      <p className="small">
        {words.used} {one.last_used_at ? <Ago at={one.last_used_at} /> : keys.never_used}
      </p>
    </FormDialog>
  )
}

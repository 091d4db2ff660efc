// Makes a key, or changes one: its name, what it may do, for which teams and allocations, and its last day.

import '../text/set-up-problems.ts'
import { TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiKey, MadeApiKey } from '../../../src/client/api.ts'
import { SCOPES } from '../../../src/core/access.ts'
import { client, must } from '../api/client.ts'
import { freshKey, keysChanged } from '../api/keys.ts'
import { teamsQuery } from '../api/people.ts'
import { useOperator } from '../api/session.ts'
import { calledAllocations, openAllocations, useSetUp } from '../api/set-up.ts'
import { SomeOf } from '../shell/choices-field.tsx'
import { DateField } from '../shell/date-field.tsx'
import { FormDialog, isStale, wrongIn } from '../shell/form-dialog.tsx'
import { typed } from '../shell/parts.tsx'
import { Notice } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { writeDate } from '../text/dates.ts'
import { keys } from '../text/keys.ts'
import { changeOf, differing, draftOf, type KeyDraft, takesAllocations, valuesOf } from './draft.ts'
import { useAllocationName } from './names.ts'

const words = keys.form
const FIELDS = ['name', 'scopes', 'teams', 'allocation_ids', 'expires_at']

interface KeyFormProps {
  /** Absent: a new one. */
  one?: ApiKey
  onClose: () => void
  onMade: (made: MadeApiKey) => void
}

export function KeyForm({ one, onClose, onMade }: KeyFormProps) {
  const own = useOperator()
  const is_bound = own.teams.length > 0
  const teams = useQuery(teamsQuery).data ?? []
  const set_up = useSetUp().data
  const allocationName = useAllocationName()
  const before: KeyDraft = one
    ? draftOf(one)
    : { name: '', scopes: [], teams: own.teams, allocation_ids: [], last_day: null }
  const [draft, setDraft] = useState(before)
  /** As somebody else has left it meanwhile. */
  const [fresh, setFresh] = useState<ApiKey | null>(null)
  const set = (change: Partial<KeyDraft>) => setDraft((now) => ({ ...now, ...change }))
  const saving = useMutation({
    mutationFn: async () => {
      if (one) {
        const { version } = fresh ?? one
        await must(client.changeApiKey(one.key_id, changeOf(draft, before), {}, version))
        return null
      }
      const { allocation_ids, expires_at, ...values } = valuesOf(draft)
      const bounds = { ...(allocation_ids && { allocation_ids }), ...(expires_at && { expires_at }) }
      return must(client.createApiKey({ ...values, ...bounds }))
    },
    onSuccess: (made) => {
      onClose()
      if (made) onMade(made)
      else toast(words.changed(draft.name.trim()))
    },
    onError: async (error) => {
      if (one && isStale(error)) setFresh(await freshKey(one.key_id))
    },
    onSettled: keysChanged,
    // The answer holds the key.
    gcTime: 0,
  })
  const wrong = wrongIn(saving.error)
  const team_names = [...new Set([...teams.map(({ name }) => name), ...draft.teams])].sort()
  // A virtual allocation can be called, but nothing can be inserted into it.
  const offered = draft.scopes.includes('insert') ? openAllocations : calledAllocations
  const allocations = [
    ...new Set([
      ...(set_up ? offered(set_up).map(({ allocation_id }) => allocation_id) : []),
      ...draft.allocation_ids,
    ]),
  ]
  const shown = (name: keyof KeyDraft, { [name]: value }: KeyDraft): string => {
    if (name === 'last_day') return value ? writeDate(String(value)) : keys.never_ends
    if (!Array.isArray(value)) return String(value)
    const said = value.map((item) =>
      name === 'scopes' ? keys.scopes[item as keyof typeof keys.scopes] : itemName(item),
    )
    return said.join(', ') || words.none
  }
  const itemName = (item: string | number) => (typeof item === 'number' ? allocationName(item) : item)
  const labels = {
    name: words.name,
    scopes: words.scopes,
    teams: words.teams,
    allocation_ids: words.allocations,
    last_day: words.ends,
  }
  return (
    <FormDialog
      title={one ? words.change(one.name) : words.make}
      submit={one ? words.submit_change : words.submit_make}
      saving={saving}
      said_by_fields={FIELDS}
      can={draft.name.trim() !== '' && draft.scopes.length > 0}
      size="lg"
      onSend={() => saving.mutate()}
      onClose={onClose}
    >
      {fresh && (
        <Notice tone="warn">
          <p>{words.meanwhile}</p>
          <ul>
            {differing(draftOf(fresh), before).map((name) => (
              <li key={name}>{words.meanwhile_line(labels[name], shown(name, draftOf(fresh)))}</li>
            ))}
          </ul>
        </Notice>
      )}
      <TextInput
        data-autofocus
        label={words.name}
        description={words.name_hint}
        autoComplete="off"
        value={draft.name}
        onChange={typed((name) => set({ name }))}
        error={wrong.get('name')}
      />
      <SomeOf
        label={words.scopes}
        choices={SCOPES.map((value) => ({
          value,
          label: keys.scopes[value],
          hint: keys.scope_hints[value],
        }))}
        values={draft.scopes}
        onChange={(scopes) => set({ scopes })}
        error={wrong.get('scopes')}
      />
      {(team_names.length > 1 || is_bound) && (
        <SomeOf
          label={words.teams}
          hint={is_bound ? words.teams_hint_bound : words.teams_hint}
          choices={team_names.map((value) => ({ value, label: value }))}
          values={draft.teams}
          onChange={(chosen) => set({ teams: chosen })}
          error={wrong.get('teams')}
        />
      )}
      {takesAllocations(draft) ? (
        <SomeOf
          label={words.allocations}
          hint={words.allocations_hint}
          choices={allocations.map((value) => ({ value, label: allocationName(value) }))}
          values={draft.allocation_ids}
          onChange={(allocation_ids) => set({ allocation_ids })}
          error={wrong.get('allocation_ids')}
        />
      ) : (
        <p className="dimmed small">{words.allocations_off}</p>
      )}
      <DateField
        label={words.ends}
        description={words.ends_hint}
        value={draft.last_day}
        onChange={(last_day) => set({ last_day })}
        error={wrong.get('expires_at')}
      />
    </FormDialog>
  )
}

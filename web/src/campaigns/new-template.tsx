// Makes a template with the two fields that every list of people has; the rest is done in its editor.

import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Template } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import type { SetUp } from '../api/set-up.ts'
import { NameDialog } from '../set-up/name-dialog.tsx'
import { regionChoices } from '../set-up/regions.ts'
import { TeamSelect, useNewTeam } from '../set-up/team.tsx'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { PLAIN_MAX } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { campaigns } from '../text/campaigns.ts'

const words = campaigns.template

const choices = (things: readonly { name: string }[]) =>
  things.map(({ name }) => ({ value: name, label: name }))

export function NewTemplate({ set_up, onClose }: { set_up: SetUp; onClose: () => void }) {
  const navigate = useNavigate()
  const team = useNewTeam()
  const [last] = set_up.templates.slice(-1)
  const [hours, setHours] = useState(last?.contact_hours ?? set_up.contact_hours[0]?.name ?? null)
  const [outcomes, setOutcomes] = useState(last?.disposition_set ?? set_up.disposition_sets[0]?.name ?? null)
  const [region, setRegion] = useState<string | null>(last?.region ?? null)
  const phone = { name: words.field_phone, kind: 'phone' } as const
  return (
    <NameDialog
      title={words.add}
      label={words.label}
      submit={words.make}
      disabled={hours === null || outcomes === null}
      send={(name) =>
        client.createTemplate({
          name,
          ...team.given,
          contact_hours: hours!,
          disposition_set: outcomes!,
          ...(region === null ? {} : { region }),
          fields: [{ name: words.field_name, kind: 'text' }, phone],
        })
      }
      onDone={({ template_id, name }: Template) => {
        toast(words.made(name))
        void navigate({ to: '/templates/$id', params: { id: String(template_id) } })
      }}
      onClose={onClose}
    >
      <TeamSelect of={team} />
      <ChoiceInput
        label={words.hours}
        choices={choices(set_up.contact_hours)}
        value={hours}
        onChoose={setHours}
        searchable={set_up.contact_hours.length > PLAIN_MAX}
      />
      <ChoiceInput
        label={words.outcomes}
        choices={choices(set_up.disposition_sets)}
        value={outcomes}
        onChoose={setOutcomes}
        searchable={set_up.disposition_sets.length > PLAIN_MAX}
      />
      <ChoiceInput label={words.country} choices={regionChoices()} value={region} onChoose={setRegion} />
      <p className="small dimmed">{words.first_fields}</p>
    </NameDialog>
  )
}

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

/** What is wanted, as long as the team can use it. */
const chosenOf = (things: readonly { name: string }[], wanted: string | undefined): string | null =>
  (things.find(({ name }) => name === wanted) ?? things[0])?.name ?? null

export function NewTemplate({ set_up, onClose }: { set_up: SetUp; onClose: () => void }) {
  const navigate = useNavigate()
  const team = useNewTeam()
  const [last] = set_up.templates.slice(-1)
  const all_hours = set_up.contact_hours.filter(team.canUse)
  const all_outcomes = set_up.disposition_sets.filter(team.canUse)
  const [wanted_hours, setHours] = useState(last?.contact_hours)
  const [wanted_outcomes, setOutcomes] = useState(last?.disposition_set)
  const hours = chosenOf(all_hours, wanted_hours)
  const outcomes = chosenOf(all_outcomes, wanted_outcomes)
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
        choices={choices(all_hours)}
        value={hours}
        onChoose={setHours}
        searchable={all_hours.length > PLAIN_MAX}
      />
      <ChoiceInput
        label={words.outcomes}
        choices={choices(all_outcomes)}
        value={outcomes}
        onChoose={setOutcomes}
        searchable={all_outcomes.length > PLAIN_MAX}
      />
      <ChoiceInput label={words.country} choices={regionChoices()} value={region} onChoose={setRegion} />
      <p className="small dimmed">{words.first_fields}</p>
    </NameDialog>
  )
}

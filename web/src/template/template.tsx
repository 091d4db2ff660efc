// The editor of a template: its rules and the order of its fields, saved together; each field in a dialog of its own.

import { useNavigate, useParams } from '@tanstack/react-router'
import type { Template, TemplateChange } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import type { SetUp } from '../api/set-up.ts'
import { Deeds } from '../campaigns/deeds.tsx'
import { ChangeBar } from '../set-up/change-bar.tsx'
import { differences } from '../set-up/differences.ts'
import { useEditing } from '../set-up/editing.ts'
import { Met } from '../set-up/review.tsx'
import { Gone, useMayManage, WithSetUp } from '../set-up/screen.tsx'
import shared from '../set-up/set-up.module.css'
import { Back, Page } from '../shell/page.tsx'
import { Tag } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { set_up as common } from '../text/set-up.ts'
import { template as words } from '../text/template.ts'
import { Fields } from './fields.tsx'
import { Rules } from './rules.tsx'
import { type OrderedTemplate, ordered, RULES_SHOWN, reordered } from './shown.ts'

const back = <Back to="/campaigns">{words.back}</Back>

export function TemplateScreen() {
  const { id } = useParams({ from: '/app/templates/$id' })
  return (
    <WithSetUp title={words.back}>
      {(set_up) => {
        const template = set_up.templates.find((one) => one.template_id === Number(id))
        return template ? <Editor template={template} set_up={set_up} /> : <Gone back={back} />
      }}
    </WithSetUp>
  )
}

function Editor({ template, set_up }: { template: Template; set_up: SetUp }) {
  const may = useMayManage()
  const navigate = useNavigate()
  const { template_id, name } = template
  const editing = useEditing<OrderedTemplate>({
    thing: ordered(template),
    find: ({ templates }) => {
      const now = templates.find((one) => one.template_id === template_id)
      return now && ordered(now)
    },
    // Only what the screen lets people change is among the changes.
    send: (changes, query, version) =>
      client.changeTemplate(template_id, changes as TemplateChange, query, version),
    rebase: reordered,
    onSaved: () => toast(common.saved),
  })
  const { value, changes } = editing
  const notes = [
    changes.contact_hours && words.rules.hours_note,
    changes.disposition_set && words.rules.outcomes_note,
    (changes.duplicate_rule || changes.dnc_rule || changes.bad_values) && words.rules.from_now,
  ].filter((note) => note !== undefined)
  return (
    <Page
      title={name}
      document_title={words.document_title(name)}
      width="page"
      back={back}
      aside={template.archived_at && <Tag>{common.archived}</Tag>}
      actions={
        may && (
          <Deeds
            noun="template"
            id={template_id}
            thing={template}
            onRemoved={() => void navigate({ to: '/campaigns' })}
          />
        )
      }
    >
      {!may && <p className={`${shared.intro} dimmed small`}>{common.only_managers}</p>}
      {editing.met && <Met differences={differences(editing.met, editing.base, RULES_SHOWN)} />}
      <Rules editing={editing} set_up={set_up} fixed={!may} />
      <Fields
        template={template}
        order={value.field_order}
        fixed={!may}
        onOrder={(field_order) => editing.set({ field_order })}
        onChanged={editing.follow}
      />
      <ChangeBar
        editing={editing}
        differences={differences(editing.base, value, RULES_SHOWN)}
        notes={notes}
      />
    </Page>
  )
}

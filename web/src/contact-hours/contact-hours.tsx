// Contact hours: whether they are open now, their week with the law drawn over it, and the days that differ.

import { Button, Switch, TextInput } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { type RefObject, useRef, useState } from 'react'
import type { ContactHours } from '../../../src/client/api.ts'
import { rulesOfCountry } from '../../../src/core/legal-hours.ts'
import { DAYS } from '../../../src/core/rules.ts'
import { localIn } from '../../../src/core/times.ts'
import { client } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'
import type { SetUp } from '../api/set-up.ts'
import { ChangeBar } from '../set-up/change-bar.tsx'
import { type Editing, useEditing } from '../set-up/editing.ts'
import { Met } from '../set-up/review.tsx'
import { Gone, More, useFixed, WithSetUp } from '../set-up/screen.tsx'
import shared from '../set-up/set-up.module.css'
import { SureDialog } from '../set-up/sure-dialog.tsx'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { DateField } from '../shell/date-field.tsx'
import { Back, Page } from '../shell/page.tsx'
import { typed } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { contact_hours as words } from '../text/contact-hours.ts'
import { set_up as common } from '../text/set-up.ts'
import { regionName } from '../text/words.ts'
import styles from './contact-hours.module.css'
import { Exceptions } from './exceptions.tsx'
import { Grid } from './grid.tsx'
import { OpenNow, useOpening } from './opening.tsx'
import { hoursBetween } from './shown.ts'
import { SpansField } from './spans-field.tsx'
import { templatesWith, usersOf } from './users.ts'
import { weekOf, windowsOf } from './week.ts'
import { zoneChoices } from './zones.ts'

const { one } = words

const back = <Back to="/contact-hours">{one.back}</Back>

export function OneContactHoursScreen() {
  const { id } = useParams({ from: '/app/contact-hours/$id' })
  return (
    <WithSetUp title={words.title}>
      {(set_up) => {
        const hours = set_up.contact_hours.find((each) => each.contact_hours_id === Number(id))
        return hours ? <OneContactHours hours={hours} set_up={set_up} /> : <Gone back={back} />
      }}
    </WithSetUp>
  )
}

function OneContactHours({ hours, set_up }: { hours: ContactHours; set_up: SetUp }) {
  const why_fixed = useFixed(hours.team)
  const may = why_fixed === undefined
  const navigate = useNavigate()
  const [removing, setRemoving] = useState(false)
  const { contact_hours_id: id, name, version } = hours
  const editing = useEditing<ContactHours>({
    thing: hours,
    find: ({ contact_hours }) => contact_hours.find((each) => each.contact_hours_id === id),
    send: (changes, query, base_version) => client.changeContactHours(id, changes, query, base_version),
    onSaved: () => toast(words.saved),
  })
  const of_templates = templatesWith(set_up, hours)[0]?.region
  // Without a template, the country of the installation counts, which the answer names.
  const { data: opening } = useOpening(hours, of_templates)
  const region = of_templates ?? opening?.region ?? ''
  const { value, set } = editing
  const week = useRef<HTMLElement>(null)
  const review = () => {
    const unreadable = week.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (unreadable) unreadable.focus()
    else editing.review()
  }
  return (
    <Page
      title={name}
      document_title={one.document_title(name)}
      width="page"
      back={back}
      actions={may && <More name={name} deeds={[{ label: words.remove, run: () => setRemoving(true) }]} />}
    >
      <p className={`${shared.intro} dimmed small`}>
        {common.sentences([usersOf(set_up, hours), why_fixed ?? ''])}
      </p>
      {editing.met && <Met differences={hoursBetween(editing.met, editing.base)} />}
      <OpenNow hours={hours} region={of_templates} unsaved={editing.is_changed} />
      <About editing={editing} fixed={!may} />
      <WeekPart ref={week} editing={editing} region={region} fixed={!may} />
      <Exceptions
        exceptions={value.exceptions}
        zone={value.zone}
        region={region}
        fixed={!may}
        onChange={(exceptions) => set({ exceptions })}
      />
      <ChangeBar
        editing={{ ...editing, review }}
        differences={hoursBetween(editing.base, value)}
        notes={
          value.zone === hours.zone && value.local_to_lead === hours.local_to_lead ? [] : [one.zone_note]
        }
      />
      {removing && (
        <SureDialog
          title={words.remove_title(name)}
          says={() => words.remove_says}
          submit={words.remove_submit}
          done={words.removed(name)}
          of={['contact-hours', id, version]}
          send={(query) => client.deleteContactHours(id, query, version)}
          onClose={() => setRemoving(false)}
          onDone={() => void navigate({ to: '/contact-hours' })}
        />
      )}
    </Page>
  )
}

interface PartProps {
  editing: Editing<ContactHours>
  fixed: boolean
}

function About({ editing: { value, set, problemOf }, fixed }: PartProps) {
  const moving = value.callback_move?.finished_at === null ? value.callback_move : null
  return (
    <section className={shared.section} aria-labelledby="about">
      <h2 id="about">{one.about}</h2>
      <div className={shared.fields}>
        <TextInput
          label={words.label}
          disabled={fixed}
          maxLength={200}
          value={value.name}
          error={problemOf('name')}
          onChange={typed((name) => set({ name }))}
        />
        <ChoiceInput
          label={words.zone}
          disabled={fixed}
          nothing={words.zone_unknown}
          choices={zoneChoices()}
          value={value.zone}
          error={problemOf('zone')}
          description={moving ? one.moving(moving.moved) : undefined}
          onChoose={(zone) => set({ zone })}
        />
        {!fixed && (
          <>
            <DateField
              label={one.first}
              value={value.valid_from}
              error={problemOf('valid_from')}
              onChange={(valid_from) => set({ valid_from })}
            />
            <DateField
              label={one.last}
              value={value.valid_to}
              error={problemOf('valid_to')}
              onChange={(valid_to) => set({ valid_to })}
            />
          </>
        )}
      </div>
      <Switch
        className={styles.clock}
        label={one.local_to_lead}
        description={one.local_to_lead_says}
        disabled={fixed}
        checked={value.local_to_lead}
        onChange={(event) => set({ local_to_lead: event.currentTarget.checked })}
      />
    </section>
  )
}

const WORKDAYS = DAYS.slice(0, 5)

interface WeekPartProps extends PartProps {
  ref: RefObject<HTMLElement | null>
  region: string
}

function WeekPart({ ref, editing: { value, set }, region, fixed }: WeekPartProps) {
  const { week: said } = words
  const today = localIn(serverNow(), value.zone).slice(0, 10)
  const law = rulesOfCountry(region, today)
  const week = weekOf(value.weekly)
  return (
    <section ref={ref} className={shared.section} aria-labelledby="week">
      <h2 id="week">{said.title}</h2>
      <Switch
        label={said.round}
        disabled={fixed}
        checked={value.weekly === null}
        onChange={(event) =>
          set({ weekly: event.currentTarget.checked ? null : windowsOf(weekOf(law?.windows ?? [])) })
        }
      />
      {!fixed && <p className={`${styles.hint} dimmed small`}>{said.hint}</p>}
      {region !== '' && (
        <p className={`${styles.law} small`}>
          {law
            ? `${said.law_title(regionName(region))} ${said.law_holidays}`
            : said.law_none(regionName(region))}
        </p>
      )}
      <div className={styles.week}>
        <Grid
          week={week}
          legal={law && weekOf(law.windows)}
          fixed={fixed}
          onChange={(next) => set({ weekly: windowsOf(next) })}
        />
        <fieldset className={styles.typed} disabled={fixed}>
          <legend>{said.typed}</legend>
          <p className="dimmed tiny">{said.typed_hint}</p>
          {DAYS.map((day) => (
            <SpansField
              key={day}
              label={words.days[day]}
              value={week[day]}
              onChange={(spans) => set({ weekly: windowsOf({ ...week, [day]: spans }) })}
            />
          ))}
          {!fixed && (
            <Button
              size="compact-sm"
              onClick={() =>
                set({
                  weekly: windowsOf({
                    ...week,
                    ...Object.fromEntries(WORKDAYS.map((day) => [day, week.mon])),
                  }),
                })
              }
            >
              {said.copy}
            </Button>
          )}
        </fieldset>
      </div>
    </section>
  )
}

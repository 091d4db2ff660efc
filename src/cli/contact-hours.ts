// `leadline contact-hours`: listed, renamed, moved to another clock, closed for a day.

import type { ContactHours, ContactHoursChange } from '../client/api.ts'
import { type ChangeOptions, rehearsal, touched, withChangeOptions } from './changes.ts'
import { type Cli, collect, idOf, talksToServer } from './cli.ts'
import { UsageError } from './terminal.ts'

interface HoursOptions extends ChangeOptions {
  name?: string
  zone?: string
  localToLead?: boolean
  closedOn?: string[]
}

export function addContactHoursCommand(cli: Cli): void {
  const { group, sub } = cli.group('contact-hours', 'list contact hours and change them')
  talksToServer(group)

  sub('list', 'contact hours with their zones', 'contact-hours list').action(async () =>
    cli.finish(await cli.client().contactHoursList(), ({ items }) => items.map(line)),
  )
  withChangeOptions(
    sub(
      'change',
      'rename contact hours, move them to another clock, close them for a day',
      'contact-hours change 1 --closed-on 2027-03-08',
      'contact-hours change 1 --zone Australia/Perth --dry-run',
      'contact-hours change 1 --local-to-lead',
    )
      .argument('<hours>', 'their id', idOf('the contact hours'))
      .option('--name <name>', 'their new name')
      .option('--zone <zone>', 'IANA time zone; callbacks keep their wall time')
      .option('--local-to-lead', 'go by the clock of the person who is called')
      .option('--no-local-to-lead', 'go by the clock of their own zone')
      .option('--closed-on <date>', 'a day on which nobody is called; can be given again', collect),
  ).action(async (id: number, options: HoursOptions) => {
    const { name, zone, localToLead: local_to_lead, closedOn: closed_on, ifVersion } = options
    if ([name, zone, local_to_lead, closed_on].every((given) => given === undefined))
      throw new UsageError('say what to change: --name, --zone, --local-to-lead or --closed-on')
    const client = cli.client()
    const send = async (change: ContactHoursChange, version: number | undefined) => {
      const answer = await client.changeContactHours(id, change, rehearsal(options), version)
      cli.finish(answer, (hours) => [line(hours), ...touched(hours)])
    }
    if (closed_on === undefined) return send({ name, zone, local_to_lead }, ifVersion)
    // The days replace those that are there, so they are added to the ones of this version.
    const found = await client.contactHours(id)
    if (!found.ok) return cli.finish(found, line)
    const days = closed_on.map((date) => ({ date, name: 'Closed', windows: [] }))
    const exceptions = [...found.body.exceptions, ...days]
    return send({ name, zone, local_to_lead, exceptions }, ifVersion ?? found.body.version)
  })
}

const line = ({ contact_hours_id, zone, local_to_lead, name }: ContactHours) =>
  [contact_hours_id, local_to_lead ? `local to the lead, else ${zone}` : zone, name].join('\t')

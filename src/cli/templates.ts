// `leadline templates`: which there are, and changes of their rules.

import type { ChangedTemplate, Template, TemplateChange } from '../client/api.ts'
import { type Cli, idOf, knownOf, talksToServer } from './cli.ts'
import { UsageError } from './terminal.ts'

interface ChangeOptions
  extends Pick<TemplateChange, 'name' | 'region'>,
    Partial<Record<'contactHours' | 'dispositionSet', string>> {
  duplicateRule?: 'any' | 'all'
  dncRule?: 'all' | 'any'
  badValues?: 'keep' | 'refuse'
  zoneField?: string
  consent?: 'none' | 'required'
  archive?: true
  takeUp?: true
  version?: number
  dryRun?: true
}

export function addTemplatesCommand(cli: Cli): void {
  const { group, sub } = cli.group('templates', 'list templates; change their rules, archive them')
  talksToServer(group)
  sub('list', 'templates with their contact hours and disposition sets', 'templates list').action(async () =>
    cli.finish(await cli.client().templates({ limit: 500 }), ({ items }) => items.map(line)),
  )
  sub(
    'change',
    'change rules of a template, archive it, or take it up again',
    'templates change 1 --name "Home loans" --duplicate-rule all',
    'templates change 1 --archive --dry-run',
  )
    .argument('<template>', 'its id', idOf('the template'))
    .option('--name <name>', 'its new name')
    .option('--region <region>', 'of its numbers, such as NZ; only while it has no campaign')
    .option('--contact-hours <name>', 'for leads that have none of their own')
    .option('--disposition-set <name>', 'with all dispositions that calls rest on')
    .option('--duplicate-rule <rule>', 'any or all', knownOf('duplicate rule', ['any', 'all']))
    .option('--dnc-rule <rule>', 'all or any', knownOf('do-not-call rule', ['all', 'any']))
    .option('--bad-values <rule>', 'keep or refuse', knownOf('rule for bad values', ['keep', 'refuse']))
    .option(
      '--zone-field <name>',
      'with the state or post code of leads, which tells their zone; none: no field',
    )
    .option('--consent <rule>', 'none or required', knownOf('consent rule', ['none', 'required']))
    .option('--archive', 'no new campaigns')
    .option('--take-up', 'new campaigns again')
    .option('--version <version>', 'only if it is this one', idOf('--version'))
    .option('--dry-run', 'say how many leads it reaches, and do nothing')
    .action(async (id: number, { version, dryRun: dry_run, ...options }: ChangeOptions) => {
      const answer = await cli.client().changeTemplate(id, changeOf(options), { dry_run }, version)
      cli.finish(answer, (body) => [line(body), ...reached(body)])
    })
}

function changeOf({
  contactHours: contact_hours,
  dispositionSet: disposition_set,
  duplicateRule: duplicate_rule,
  dncRule: dnc_rule,
  badValues: bad_values,
  zoneField,
  archive,
  takeUp,
  ...others
}: ChangeOptions): TemplateChange {
  if (archive && takeUp) throw new UsageError('--archive or --take-up, not both')
  const archived = archive || takeUp ? archive === true : undefined
  const zone_field = zoneField === 'none' ? null : zoneField
  const rules = { contact_hours, disposition_set, duplicate_rule, dnc_rule, bad_values, zone_field }
  const change = { ...others, ...rules, archived }
  if (Object.values(change).every((value) => value === undefined)) throw new UsageError('say what to change')
  return change
}

const line = ({ template_id, name, contact_hours, disposition_set, archived_at, version }: Template) =>
  [
    template_id,
    `version ${version}`,
    archived_at === null ? 'in use' : 'archived',
    contact_hours,
    disposition_set,
    name,
  ].join('\t')

const reached = ({ touches }: ChangedTemplate) =>
  touches ? [`would reach ${touches.leads} leads; nothing was changed`] : []

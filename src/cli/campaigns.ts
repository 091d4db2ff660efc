// `leadline campaigns`: listed, created, renamed, archived, deleted.

import type { Campaign } from '../client/api.ts'
import {
  type ArchiveOptions,
  askedChange,
  type ChangeOptions,
  deletion,
  rehearsal,
  touched,
  withArchiving,
  withChangeOptions,
  withVersion,
} from './changes.ts'
import { type Cli, idOf, talksToServer } from './cli.ts'

export function addCampaignsCommand(cli: Cli): void {
  const { group, sub } = cli.group('campaigns', 'list, create, change and delete campaigns')
  talksToServer(group)
  const one = (name: string, description: string, ...examples: string[]) =>
    sub(name, description, ...examples).argument('<campaign>', 'its id', idOf('the campaign'))

  sub('list', 'campaigns with their templates', 'campaigns list --template 1')
    .option('--template <id>', 'of this template only', idOf('--template'))
    .option('--archived', 'with the archived ones')
    .action(async ({ template, archived }: { template?: number; archived?: boolean }) => {
      const query = { template_id: template, archived, limit: 500 }
      cli.finish(await cli.client().campaigns(query), ({ items }) => items.map(line))
    })
  sub('create', 'create a campaign', 'campaigns create --template 1 --name "Spring"')
    .requiredOption('--template <id>', 'its template', idOf('--template'))
    .requiredOption('--name <name>', 'what it is called')
    .action(async ({ template: template_id, name }: { template: number; name: string }) =>
      cli.finish(await cli.client().createCampaign({ template_id, name }), line),
    )
  withChangeOptions(
    withArchiving(
      one(
        'change',
        'rename a campaign, archive it, or take it up again',
        'campaigns change 1 --name "Spring 2027"',
        'campaigns change 1 --archive --dry-run',
      ).option('--name <name>', 'its new name'),
    ),
  ).action(async (id: number, options: ChangeOptions & ArchiveOptions & { name?: string }) => {
    const change = askedChange(options)
    const answer = await cli.client().changeCampaign(id, change, rehearsal(options), options.ifVersion)
    cli.finish(answer, (body) => [line(body), ...touched(body)])
  })
  withVersion(one('delete', 'delete a campaign that has no allocations', 'campaigns delete 1')).action(
    async (id: number, { ifVersion }: ChangeOptions) =>
      cli.finish(
        deletion(await cli.client().deleteCampaign(id, {}, ifVersion), { campaign_id: id }),
        () => `campaign ${id} is deleted`,
      ),
  )
}

const line = ({ campaign_id, template_id, name, archived_at }: Campaign) =>
  [campaign_id, `template ${template_id}`, archived_at === null ? 'open' : 'archived', name].join('\t')

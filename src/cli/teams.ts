// `leadline teams`: listed, created, renamed, deleted.

import type { Team } from '../client/api.ts'
import {
  type ChangeOptions,
  deletion,
  rehearsal,
  touched,
  withChangeOptions,
  withVersion,
} from './changes.ts'
import { type Cli, idOf, talksToServer } from './cli.ts'

export function addTeamsCommand(cli: Cli): void {
  const { group, sub } = cli.group('teams', 'list, create, rename and delete teams')
  talksToServer(group)
  const one = (name: string, description: string, example: string) =>
    sub(name, description, example).argument('<team>', 'its id', idOf('the team'))

  sub('list', 'teams, and how much belongs to them', 'teams list').action(async () =>
    cli.finish(await cli.client().teams({ limit: 500 }), ({ items }) => items.map(line)),
  )
  sub('create', 'create a team', 'teams create --name "East"')
    .requiredOption('--name <name>', 'what it is called')
    .action(async ({ name }: { name: string }) => cli.finish(await cli.client().createTeam({ name }), line))
  withChangeOptions(one('rename', 'rename a team', 'teams rename 2 --name "East coast"'))
    .requiredOption('--name <name>', 'its new name')
    .action(async (id: number, options: ChangeOptions & { name: string }) => {
      const { name, ifVersion } = options
      const answer = await cli.client().changeTeam(id, { name }, rehearsal(options), ifVersion)
      cli.finish(answer, (body) => [line(body), ...touched(body)])
    })
  withVersion(one('delete', 'delete a team that nothing belongs to', 'teams delete 2')).action(
    async (id: number, { ifVersion }: ChangeOptions) =>
      cli.finish(
        deletion(await cli.client().deleteTeam(id, {}, ifVersion), { team_id: id }),
        () => `team ${id} is deleted`,
      ),
  )
}

const line = ({ team_id, name, templates, operators, keys }: Team) =>
  [team_id, name, `templates ${templates}`, `operators ${operators}`, `keys ${keys}`].join('\t')

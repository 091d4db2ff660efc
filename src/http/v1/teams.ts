// Teams: made, renamed, deleted. Everything else names them by their name.

import { Type } from 'typebox'
import { listTeams, teamById } from '../../db/teams.ts'
import { addTeam, deleteTeam, patchTeam } from '../../intake/teams.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { CHANGES, changeAsked, changed, created, listed, one, TOUCHES } from './set-up.ts'
import { closed, Id, IdParams, LOOKS, Name, PageQuery, pageOf, shape, Version } from './shapes.ts'

const Count = Type.Integer({ minimum: 0 })
const Team = shape('Team', {
  team_id: Id,
  name: Type.String(),
  templates: Count,
  operators: Count,
  keys: Type.Integer({ minimum: 0, description: 'That are not revoked' }),
  version: Version,
})

export const teams = routes('set-up', {
  teams: get('/v1/teams', {
    scope: LOOKS,
    summary: 'Teams',
    query: PageQuery,
    answer: pageOf(Team),
    handle: (call) => listed(call, listTeams, 'team_id'),
  }),

  createTeam: post('/v1/teams', {
    scope: 'admin',
    summary: 'Create a team',
    body: closed('NewTeam', { name: Name }),
    created: Team,
    handle: async (call) => created(call, await addTeam(call, call.body.name), 'team_id'),
  }),

  team: get('/v1/teams/:id', {
    scope: LOOKS,
    summary: 'A team',
    params: IdParams,
    answer: Team,
    handle: (call) => one(call, teamById, 'team'),
  }),

  changeTeam: patch('/v1/teams/:id', {
    ...CHANGES,
    scope: 'admin',
    summary: 'Rename a team',
    body: closed('TeamChange', { name: Name }),
    answer: shape('ChangedTeam', { ...Team.properties, touches: TOUCHES }),
    handle: async (call) =>
      changed(call, await patchTeam(call, call.params.id, call.body, changeAsked(call))),
  }),

  deleteTeam: del('/v1/teams/:id', {
    ...CHANGES,
    scope: 'admin',
    summary: 'Delete a team that nothing belongs to',
    handle: async (call) => {
      orRefuse(await deleteTeam(call, call.params.id, changeAsked(call)))
    },
  }),
})

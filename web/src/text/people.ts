import { setup } from './setup.ts'
import { roles } from './shell.ts'
import { count } from './words.ts'

/** Operators and their teams. */
export const people = {
  title: 'People',
  list: {
    title: 'People who sign in',
    table: 'People',
    empty: 'Nobody of your teams signs in yet.',
    columns: { name: 'Name', role: 'Role', teams: 'Teams', seen: 'Last seen' },
    you: 'You',
    off: 'Turned off',
    every_team: 'Every team',
    never: 'Never',
    add: 'Add a person…',
    change: 'Change…',
    change_of: (name: string) => `Change ${name}`,
    password: 'New password…',
    password_of: (name: string) => `New password for ${name}`,
    turn_off: 'Turn off',
    turn_off_of: (name: string) => `Turn off ${name}`,
    turn_on: 'Turn on',
    turn_on_of: (name: string) => `Turn on ${name}`,
    turned_off: (name: string) => `${name} is turned off and signed out everywhere.`,
    turned_on: (name: string) => `${name} can sign in again.`,
    undo: 'Undo',
  },

  roles: {
    agent: `${roles.agent}: calls, edits leads, writes notes`,
    lead: `${roles.lead}: also settles conflicts, moves leads, keeps the do-not-call list of a campaign`,
    manager: `${roles.manager}: also changes campaigns, outcomes and actions, keeps all do-not-call lists`,
    admin: `${roles.admin}: everything, people and API keys included`,
  },

  form: {
    add: 'Add a person',
    change: (name: string) => `Change ${name}`,
    name: 'Name',
    name_hint: setup.name_hint,
    login: 'Login',
    login_hint: setup.login_hint,
    role: 'Role',
    teams: 'Teams',
    teams_hint: 'Without a team, this person sees the leads of every team.',
    teams_hint_bound: 'Choose at least one of your teams.',
    no_teams: 'There are no teams besides Global. Everyone sees every lead.',
    password: 'First password',
    password_hint: `${setup.password_hint} They can change it once they are signed in.`,
    make_up: 'Make one up',
    submit_add: 'Add the person',
    submit_change: 'Save',
    own: 'You cannot change your own role or teams. Another administrator can.',
    changed: (name: string) => `${name} is changed.`,
  },

  password: {
    title: (name: string) => `New password for ${name}`,
    label: 'New password',
    note: (name: string) => `${name} is signed out everywhere.`,
    submit: 'Set the password',
  },

  /** What is told to somebody who can sign in now. */
  hand: {
    title: (name: string) => `${name} can sign in`,
    intro: 'Pass this on. The password is not shown again.',
    address: 'Address',
    login: 'Login',
    password: 'Password',
    copy: 'Copy all',
    close: 'Done',
  },

  teams: {
    title: 'Teams',
    intro:
      'People and keys of a team see only its templates, campaigns and leads. What belongs to Global is for everyone.',
    table: 'Teams',
    empty: 'There are no teams yet.',
    columns: { name: 'Name', has: 'Has' },
    has: (templates: number, operators: number, keys: number) =>
      [
        templates > 0 && count(templates, 'template', 'templates'),
        operators > 0 && count(operators, 'person', 'people'),
        keys > 0 && count(keys, 'API key', 'API keys'),
      ]
        .filter(Boolean)
        .join(' · ') || 'No templates, people or keys',
    add: 'Add a team…',
    add_title: 'Add a team',
    rename: 'Rename…',
    rename_of: (name: string) => `Rename ${name}`,
    rename_title: (name: string) => `Rename ${name}`,
    name: 'Name',
    submit_add: 'Add the team',
    submit_rename: 'Rename',
    added: (name: string) => `Team ${name} is there.`,
    renamed: (name: string) => `The team is called ${name} now.`,
    meanwhile: (name: string) =>
      `Someone renamed this team to ${name} meanwhile. Save again to use your name instead.`,
    delete: 'Delete…',
    delete_of: (name: string) => `Delete ${name}`,
    delete_title: (name: string) => `Delete the team ${name}?`,
    delete_note: 'A team can be deleted once nothing belongs to it.',
    delete_submit: 'Delete the team',
    deleted: (name: string) => `Team ${name} is deleted.`,
    used_title: 'Something still belongs to this team',
    used: 'Templates, contact hours, outcomes, actions, people and keys can belong to it. Delete them, or give them to another team first.',
  },
} as const

import { count } from './words.ts'

const roles = { agent: 'Agent', lead: 'Team lead', manager: 'Manager', admin: 'Administrator' } as const

export const shell = {
  product: 'Leadline',
  /** Of the document: the narrowest first. */
  title: (parts: readonly string[]) => [...parts, 'Leadline'].join(' · '),
  skip: 'Skip to the content',
  loading: 'Loading…',
  nav: {
    label: 'Main',
    leads: 'Leads',
    conflicts: 'Conflicts',
    open: 'Open the menu',
    close: 'Close the menu',
    collapse: 'Collapse',
    expand: 'Expand the menu',
    conflicts_open: (n: string) => `${n} open`,
  },
  help: 'Keyboard shortcuts',
  user: {
    signed_in_as: 'Signed in as',
    login_and_role: (login: string, role: keyof typeof roles) => `${login} · ${roles[role]}`,
    colours: 'Colours',
    colour_names: { auto: 'System', light: 'Light', dark: 'Dark' },
    shortcuts: 'Keyboard shortcuts',
    sign_out: 'Sign out',
    sign_out_everywhere: 'Sign out on all devices',
  },
  shortcuts: {
    title: 'Keyboard shortcuts',
    note: 'Single keys work while no field has the focus.',
    off: 'Shortcuts are switched off.',
    on_off: 'Use single-key shortcuts',
    groups: { everywhere: 'Everywhere', screen: 'On this screen' },
    this_sheet: 'Show this sheet',
    pair: 'then',
    go_leads: 'Go to the leads',
    go_conflicts: 'Go to the conflicts',
  },
  unsaved: {
    title: 'Leave without saving?',
    what: 'What you typed here has not been saved.',
    leave: 'Leave',
    stay: 'Stay here',
  },
  error: {
    title: 'That did not work',
    not_found_title: 'There is nothing here',
    not_found: 'The address leads to no page. It may have been mistyped, or the page has moved.',
    to_leads: 'Go to the leads',
    no_answer: 'The server does not answer.',
    no_answer_fix: 'Check the connection, then try again. What you typed is still here.',
    unknown_host_title: 'This address is not set up',
    unknown_host: (host: string) => `Leadline does not know the name ${host}.`,
    unknown_host_fix:
      'An administrator adds it to LEADLINE_PUBLIC_HOSTS and starts Leadline again. Until then, open the app by a name that is set up.',
    forbidden_title: 'Not for your role',
    forbidden: 'You may not see this. Ask an administrator if you need it.',
    broken: 'This page has failed.',
    broken_fix:
      'Reload the page. If it happens again, send the details below to whoever looks after Leadline.',
    code: 'Code',
    request: 'Request',
    at: 'Time',
    copy: 'Copy the details',
    copied: 'Copied',
    retry: 'Try again',
    reload: 'Reload the page',
  },
  results: (n: number) => count(n, 'result', 'results'),
} as const

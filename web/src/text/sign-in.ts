import { count } from './words.ts'

export const sign_in = {
  title: 'Sign in',
  login: 'Login',
  password: 'Password',
  show: 'Show the password',
  submit: 'Sign in',
  wrong: 'Login or password is wrong.',
  blocked: (seconds: number) =>
    `Too many attempts. The next one is possible in ${seconds >= 60 ? count(Math.ceil(seconds / 60), 'minute', 'minutes') : count(seconds, 'second', 'seconds')}.`,
  again: 'You can try again now.',
  forgotten: 'Password forgotten? An administrator can set a new one.',
  ended_title: 'Your session has ended',
  ended: 'Sign in to go on where you were. Nothing on this page is lost.',
  other: 'Someone else',
  ends_soon: 'Your session ends in less than two minutes.',
  stay: 'Stay signed in',
} as const

export const setup = {
  title: 'Set up Leadline',
  intro: 'Nobody can sign in yet. Create the first account: it administers this installation.',
  code: 'Set-up code',
  code_hint: 'The terminal shows it where Leadline was started. A restart shows a new one.',
  name: 'Your name',
  name_hint: 'As colleagues see it beside your changes.',
  login_hint: 'A short name or your e-mail address.',
  password_hint: 'At least 8 characters; 15 or more are better.',
  submit: 'Create the account',
  taken: 'Somebody else was faster: the first account exists already.',
  to_sign_in: 'Go to the sign-in',
  done_title: (name: string) => `Welcome, ${name}`,
  done_intro: 'You are signed in as administrator. Two ways to get a first lead in:',
  by_hand: 'On the screen',
  by_hand_what: 'Type one in.',
  create: 'Create a lead',
  by_api: 'Through the API',
  by_api_what: (campaign: string) => `Sends a lead to ${campaign}. Run it in a terminal.`,
  key_note:
    'LEADLINE_API_KEY is the key that the terminal showed when Leadline started for the first time. For another one, run there:',
  key_command: 'bin/leadline keys create --name web-form --scope insert',
  copy: 'Copy',
  to_leads: 'Go to the leads',
} as const

import { count } from './words.ts'

export const sign_in = {
  title: 'Sign in',
  login: 'Login',
  password: 'Password',
  show: 'Show the password',
  submit: 'Sign in',
  wrong: 'Wrong login or password.',
  blocked: (seconds: number) =>
    `Too many attempts. Try again in ${seconds >= 60 ? count(Math.ceil(seconds / 60), 'minute', 'minutes') : count(seconds, 'second', 'seconds')}.`,
  again: 'You can try again now.',
  forgotten: 'Forgot your password? Ask an administrator to reset it.',
  ended_title: 'Your session has ended',
  ended: 'Sign in to continue where you were. Nothing on this page is lost.',
  other: 'Someone else',
  ends_soon: 'Your session ends in less than two minutes.',
  stay: 'Stay signed in',
} as const

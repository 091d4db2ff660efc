// The texts of an agent's day: the next lead, and the callbacks that are kept for the agent.

import { count } from './words.ts'

const leads = (n: number) => count(n, 'lead', 'leads')

export const work = {
  title: 'Next lead',
  in_campaign: (campaign: string) => `Campaign ${campaign}`,
  calling_for: 'Call leads of',
  stopped: (name: string) => `${name} (stopped)`,
  none_started_title: 'No leads are called now',
  none_started:
    'Every allocation is stopped. A team lead starts one under Campaigns. This page looks again by itself.',

  ready_title: 'Ready for the next lead?',
  ready: 'You get the lead that comes first, and nobody else calls it while you have it.',
  take: 'Take the next lead',
  looking: 'Looking for the next lead…',

  empty: {
    title: 'No lead can be called now',
    again: 'This page looks again every few seconds and opens the next lead by itself.',
    asleep:
      'Nobody has used this page for a while, so it has stopped looking. Move the mouse or press a key.',
    stop: 'Stop looking',
    stopped: 'This allocation is stopped. A team lead can start it, or choose another one.',
    closed: (n: number, opens: string | null) =>
      `${leads(n)} must wait: the contact hours are closed${opens === null ? '' : ` until ${opens}`}.`,
    asleep_there: (n: number) =>
      `${leads(n)} must wait: where these people live, it is too early or too late to call, or their calls are kept for somebody.`,
    callbacks: (n: number, next: string | null) =>
      `${count(n, 'callback is', 'callbacks are')} due later${next === null ? '' : `, the next one ${next}`}.`,
    leased: (n: number) => `${count(n, 'lead is', 'leads are')} with other agents or a dialler.`,
    parked: (n: number) =>
      `${count(n, 'lead', 'leads')} must not be called now: they are on a do-not-call list, were called often enough, or lack a consent.`,
    all_closed:
      'Every lead is closed, or nothing has come in yet. Choose another allocation, or ask a team lead for leads.',
  },

  numbers: {
    title: 'Numbers to call',
    dialled: (label: string) => `You dialled ${label}`,
    in_order: 'Dial them in this order. The outcome is saved for the number that is marked.',
    none: 'None of its numbers may be called any more. Hand the lead back, or choose an outcome if you have called already.',
    clock: (time: string, place: string) => `${time} in ${place}`,
    open: (until: string | null) => `Can be called${until === null ? '' : ` until ${until} there`}.`,
    shut: (opens: string | null) => `Do not call now. Wait${opens === null ? '' : ` until ${opens} there`}.`,
  },

  why: {
    due: (when: string) => `Callback, agreed for ${when}`,
    due_mine: (when: string) => `Your callback, agreed for ${when}`,
    promised: 'Promised to the customer',
    again: (outcome: string) => `Called before: ${outcome}`,
    fresh: 'New lead',
  },

  outcomes: 'Outcomes',
  choose_first: 'Choose an outcome first: press its number, or D to search.',

  bar: {
    idle: 'Call, then choose the outcome.',
    save_next: 'Save and next',
    save_rest: 'Save and pause',
    saving: 'Saving…',
    hand_back: 'Hand back',
    leave: 'Leave it and go on',
    enter: 'Enter',
    ending:
      'This lead goes back to the queue soon, because nothing has happened here. Press any key to keep it.',
    left: (seconds: number) => `${seconds} s`,
    keep: 'Keep it',
    ended:
      'You do not have this lead any more: the time ran out, or somebody closed it. What you typed stays on this device. If you called, save the outcome: it still counts.',
  },
  handed_back: 'Handed back without a call.',
  not_handed_back: 'This lead could not be handed back. It goes back by itself in three minutes.',
  hand_back_later:
    'No connection, so it is not known whether the lead was handed back. Try again when it is back.',
  gone_title: 'This lead was deleted',
  gone: 'Nobody needs to call it any more.',
  open_lead: 'Open the lead',

  shortcuts: {
    take: 'Take the next lead',
    save_next: 'Save the outcome and take the next lead',
    save_rest: 'Save the outcome and pause',
    number: 'Mark the next number as dialled',
  },
} as const

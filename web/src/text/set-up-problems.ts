// What is wrong with values of set-up, for people. The screens that change set-up import it.

import { alsoSay } from './problems.ts'

/** By the server's words. */
export const SAID_OF_SET_UP: Readonly<Record<string, string>> = {
  'name at least one of your teams': 'Choose at least one of your teams.',
  'there is no such team': 'This team does not exist any more. Choose another one.',
  'one of the teams was deleted meanwhile': 'One of these teams was deleted. Choose again.',
  'this is the last admin who sees every team: make another one first':
    'This is the last administrator who sees every team. Add another one first.',
  'gives more than you have': 'You cannot give more than you have yourself.',
  'is in the past: name a later time, or revoke the key': 'Choose a later day.',

  'must begin with http:// or https:// and a host, without blanks':
    'Begin with http:// or https:// and a host, without blanks.',
  'may have placeholders in its path and query only, not in its host':
    'Put placeholders into the path or the query, not into the host.',
  'must not hold a user or password: use the header Authorization':
    'Take the password out of the address. Use the header Authorization instead.',
  'is no address': 'Enter a valid address.',
  'is no name of a header': 'Write headers as Name: value, one on each line.',
  'is set by Leadline itself': 'Leadline sets this header itself. Remove it.',
  'name a header twice': 'Name each header once.',
  'must be JSON, with its placeholders between quotes':
    'This must be JSON. Put each placeholder between quotes.',
  'must be e-mail addresses, separated by commas': 'Enter e-mail addresses, separated by commas.',
  'a mail needs text or html': 'Enter a text.',
  'is a secret for another server: give its value anew':
    'The server is another one now. Enter the secret again.',

  'this name is taken': 'This name is taken. Choose another one.',
  'this name is not allowed': 'This name cannot be used. Choose another one.',
  'the set has a disposition of this code': 'This set already has an outcome of this name.',
  'another field has this name or alias': 'Another field of this template already has this name.',
  'the template has a retired field of this name: take it up again':
    'A retired field of this template has this name. Take it back instead.',
  'a choice field, and only one, has choices': 'Enter at least one choice.',
  'a template needs a phone field': 'A template needs a phone field, so the last one stays.',
  'is no region': 'Leadline does not know the phone numbers of this country.',
  'is no IANA time zone': 'No time zone has this name.',
  'lies before valid_from': 'The last day is before the first.',
  'this template is archived: take it up again, or name another one':
    'This template is archived. Take it up again first.',
}

alsoSay(SAID_OF_SET_UP, [
  [
    /^calls rest on dispositions .*: ([^:;]+);/,
    (codes) =>
      `Calls have outcomes that this set lacks, or that mean something else in it: ${codes}. Add them to it first.`,
  ],
  [/^the template has campaigns, /, () => 'The country stays, because the template has campaigns.'],
  [/^template \d+ has campaign/, () => 'It has campaigns. Delete those first, or archive the template.'],
  [/^campaign \d+ has allocation/, () => 'It has allocations. Delete those first, or archive the campaign.'],
  [
    /do-not-call list of campaign/,
    () => 'Numbers are or were on its do-not-call list, and that stays. Archive the campaign instead.',
  ],
  [/^campaign \d+ is archived/, () => 'Its campaign is archived. Take that up again first.'],
  [/ has or had leads/, () => 'It has or had leads, and their history stays. Archive it instead.'],
  [/^allocation \d+ binds /, () => 'API keys are bound to it. Revoke those first, or archive it.'],
  [
    /^allocation \d+ gets the copies /,
    () => 'Actions copy leads to it. Give those another allocation first, or archive it.',
  ],
  [
    /^allocation \d+ is drawn on by /,
    () => 'Virtual allocations draw on it. Take it out of those first, or archive it.',
  ],
  [
    /^allocation \d+ is filled by /,
    () => 'Pulls fill it. Give those another allocation first, or archive it.',
  ],
  [
    /(?:with|give) these contact hours/,
    () => 'Templates, leads or held changes use these contact hours, so they stay.',
  ],
  [/^templates with this set/, () => 'Templates use this set, so it stays. Give those another set first.'],
  [
    /^a disposition that is .* cannot be deleted/,
    () => 'Calls have this outcome, so it stays. Switch it off instead: then agents cannot choose it.',
  ],
  [/^a disposition that is .* keeps its kind/, () => 'Calls have this outcome, so what it means stays.'],
])

// Ten thousand collisions of a lead whose values several people and systems changed: whatever they wrote, no value of a
// side vanishes, nobody is asked about what is the same, and every value names its author.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_ATTRIBUTES } from './attributes.ts'
import { matchingOf } from './change.ts'
import { type Decisions, openGroups, resultOf } from './conflict.ts'
import { conflictDocument, type PathsEvent } from './conflict-document.ts'
import { conflictGroups, factsOf } from './conflict-groups.ts'
import { decidedGroups } from './decide.ts'
import { type Field, type FieldKind, FieldTable } from './field.ts'
import { type LeadState, valuesOf, withValues } from './lead.ts'
import { merge, type Scalar, type Values, valueAt } from './merge.ts'
import type { ContactHours, Disposition, DispositionKind, Rules } from './rules.ts'
import { wordsOf } from './text-merge.ts'

const field = (name: string, kind: FieldKind, merge_group: string | null = null): Field => ({
  name,
  label: name,
  aliases: [],
  kind,
  choices: null,
  merge_group,
})
const FIELDS = [
  field('Name', 'text'),
  field('Notes', 'long_text'),
  field('Mobile', 'phone'),
  field('Email', 'email'),
  field('Income', 'number'),
  field('City', 'text', 'address'),
  field('PostCode', 'text', 'address'),
]
const hours: ContactHours = {
  contact_hours_id: 1,
  name: 'Weekdays',
  zone: 'Australia/Melbourne',
  local_to_lead: false,
  zone_version: 1,
  weekly: null,
  exceptions: [],
  valid_from: null,
  valid_to: null,
}
const disposition = (code: string, kind: DispositionKind): [string, Disposition] => [
  code.toLowerCase(),
  { code, kind, priority: 10, delay_s: null, next_day: false, redials_max: null, enabled: true },
]
const rules: Rules = {
  campaign_id: 1,
  template_id: 1,
  team_id: 1,
  region: 'AU',
  duplicate_rule: 'any',
  dnc_rule: 'all',
  bad_values: 'keep',
  master_list: null,
  zone_field: null,
  counts_attempts: false,
  judges_calls: false,
  fields: new FieldTable(FIELDS),
  contact_hours: hours,
  all_contact_hours: new Map([['weekdays', hours]]),
  dispositions: new Map([
    disposition('Busy', 'retry'),
    disposition('Callback', 'callback'),
    disposition('Do Not Call', 'dnc'),
  ]),
}
const MATCHING = matchingOf(rules)

// Values that are the same in other words, and values that differ by little.
const TEXTS = [
  'Jane Citizen',
  'Jane Citizen ',
  'Jane M. Citizen',
  'jane citizen',
  'Zoë',
  'Zoe\u0308',
  '0',
  'false',
]
const LINES = ['rang on Monday', 'wants a call', 'asked about the price', 'has a dog', 'owns the house']
const BY_PATH: Record<string, fc.Arbitrary<Scalar>> = {
  'fields.Name': fc.constantFrom(null, '', ...TEXTS),
  'fields.Notes': fc
    .tuple(...LINES.map((line) => fc.constantFrom(line, line, line, line, `${line} again`, 'new', '')))
    .map((lines) => lines.join('\n').trim() || null),
  'fields.Mobile': fc.constantFrom('0412 345 678', '+61412345678', '0412345699', '0383218199'),
  'fields.Email': fc.constantFrom(null, 'Jane@example.com', 'Jane@Example.COM', 'jane@example.com'),
  'fields.Income': fc.constantFrom(null, '400', '400.0', '4e2', '0', '-0', '400.01'),
  'fields.City': fc.constantFrom(null, 'Carlton', 'Carlton\u00a0', 'Kew'),
  'fields.PostCode': fc.constantFrom(null, '3053', '3101'),
  'unmapped.source_id': fc.constantFrom(null, 'x1', 'x2'),
  'unmapped.utm': fc.constantFrom(null, 'a', 'b'),
  disposition: fc.constantFrom(null, 'Busy', 'Callback', 'Do Not Call'),
  callback: fc.constantFrom(null, '2026-07-02T10:00', '2026-07-02T10:00:00', '2026-07-03T09:00:00'),
  priority: fc.constantFrom(0, 10, 20),
}
const PATHS = Object.keys(BY_PATH)
const ACTORS = ['key:1', 'key:2', 'operator:3', 'system']

const changes = fc
  .subarray(PATHS)
  .chain((paths) => fc.record(Object.fromEntries(paths.map((path) => [path, BY_PATH[path]!]))))
const writes = fc.array(fc.tuple(fc.constantFrom(...ACTORS), changes), { minLength: 1, maxLength: 4 })
const takes = fc.array(fc.constantFrom('mine' as const, 'theirs' as const, 'base' as const), {
  minLength: 1,
  maxLength: 5,
})

const FIRST: LeadState = {
  ...NO_ATTRIBUTES,
  campaign_id: 1,
  number: 7,
  allocation_id: 1,
  version: 1,
  fields: { Name: 'Jane Citizen', Mobile: '0412 345 678' },
  unmapped: {},
  phones: [],
  own_hours: null,
  calls: 0,
  attempts: null,
}

/** The lead after some writes, with their events; the first version is the base's. */
function written(base: LeadState, list: readonly (readonly [string, Values])[]) {
  let lead = base
  const events: PathsEvent[] = [eventOf(1, 'key:9', null)]
  for (const [actor, values] of list) {
    const next = { ...withValues(lead, values), version: lead.version + 1 }
    const [before, after] = [valuesOf(lead), valuesOf(next)]
    const paths = PATHS.filter((path) => valueAt(before, path) !== valueAt(after, path))
    if (paths.length === 0) continue
    events.push(eventOf(next.version, actor, paths))
    lead = next
  }
  return { lead, events }
}

const eventOf = (version: number, actor: string, paths: string[] | null): PathsEvent => ({
  version,
  actor,
  actor_name: actor,
  at: `2026-07-01T00:00:0${version}Z`,
  way: 'v1',
  request_id: `r${version}`,
  paths,
})

const same = (path: string, one: Values, other: Values) =>
  MATCHING.same(path, valueAt(one, path), valueAt(other, path))
/** Ten thousand rounds have no time for `expect`. */
function must(is_so: unknown, what: string): asserts is_so {
  if (!is_so) throw new Error(what)
}
const alike = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
const words = (text: Scalar) => wordsOf(String(text ?? '')).filter((word) => /\w/.test(word))

test('no value vanishes, nothing is asked that is the same, and authors are right', () => {
  const seen = { open: 0, merged: 0, agreed: 0, suggested: 0, linked: 0 }
  fc.assert(
    fc.property(changes, writes, changes, takes, (base_values, their_writes, incoming, some) => {
      const base = withValues(FIRST, base_values)
      const { lead, events } = written(base, their_writes)
      const [was, is] = [valuesOf(base), valuesOf(lead)]
      const asserted = new Set('disposition' in incoming ? ['disposition'] : [])
      const facts = factsOf(rules, [], asserted)
      const groups = conflictGroups(was, is, incoming, MATCHING, facts)

      const open = openGroups(groups)
      for (const { class: found, paths, mine, theirs, suggestion } of groups) {
        if (found === 'conflict')
          must(
            paths.some((path) => !same(path, mine, theirs)),
            'asked about what is the same',
          )
        if (found === 'agreed') seen.agreed++
        if (found === 'linked') seen.linked++
        if (found === 'merged') seen.merged++
        if (suggestion) seen.suggested++
      }
      seen.open += open.length

      // The same function decides alone, and in a document.
      const alone = merge(was, is, incoming, MATCHING, asserted)
      const clashing = new Set(alone.clashes.map(({ group }) => group))
      must(
        open.every(({ group, class: found }) => found === 'linked' || clashing.has(group)),
        'asked, though it merges',
      )
      must(
        [...clashing].every((name) => open.some(({ group }) => group === name)),
        'a clash is not asked about',
      )

      const decisions: Decisions = Object.fromEntries(
        open.map(({ group }, i) => [group, { take: some[i % some.length]!, reason: 'as it is' }]),
      )
      const patch = resultOf(groups, decisions)
      const result: Values = { ...is, ...patch }
      const kept = new Map(decidedGroups(groups, decisions, patch).map((group) => [group.group, group]))
      for (const group of groups) {
        const decided = kept.get(group.group)
        for (const path of group.paths) {
          const wanted = Object.hasOwn(incoming, path) && !same(path, incoming, was)
          const moved = !same(path, is, was)
          const copy = (side: 'mine' | 'theirs', of: Values) => decided && same(path, decided[side], of)
          // A value of a side is in the result, or its words are, or it is kept beside what was decided.
          must(!wanted || same(path, result, incoming) || copy('mine', incoming), `mine vanished at ${path}`)
          must(!moved || same(path, result, is) || copy('theirs', is), `theirs vanished at ${path}`)
          if (group.class === 'merged') {
            const [before, now] = [words(valueAt(was, path)), words(valueAt(result, path))]
            for (const side of [incoming, is])
              for (const word of words(valueAt(side, path)))
                must(before.includes(word) || now.includes(word), `${word} vanished`)
          }
          // What nobody wanted to change stays without a decision.
          must(wanted || moved || open.includes(group) || same(path, result, was), `${path} changed`)
        }
      }

      const document = conflictDocument(base, lead, incoming, groups, {
        rules,
        events,
        sender: { actor: 'operator:5', actor_name: 'Ann', at: null, way: 'screen', request_id: null },
        blocks: new Map(),
        may_overrule: false,
      })
      must(document.changes.length === lead.version - base.version, 'a change is not listed')
      must((document.theirs === null) === (lead.version === base.version), 'says that it was changed')
      for (const { paths, by } of document.groups) {
        must(alike(by.theirs.flatMap((author) => author.paths).sort(), paths.toSorted()), 'no author')
        must(
          by.base.every(({ version }) => version === 1),
          'another author before',
        )
        const mine = paths.filter((path) => Object.hasOwn(incoming, path))
        must(
          alike(
            by.mine.flatMap((author) => author.paths),
            mine,
          ),
          'mine has another author',
        )
        for (const { version, actor, paths: own } of by.theirs)
          for (const path of own) {
            const last = events.findLast((event) => event.paths === null || event.paths.includes(path))!
            must(version === last.version && actor === last.actor, `another author of ${path}`)
          }
      }
    }),
    { numRuns: 10_000 },
  )
  for (const [what, often] of Object.entries(seen)) expect(often, what).toBeGreaterThan(50)
})

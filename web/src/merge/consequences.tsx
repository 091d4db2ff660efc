// What follows from a result, in the cell that shows it: whether, when and under which numbers the lead is called.

import { type ConflictGroup, resultOf } from '../../../src/core/conflict.ts'
import { type Consequence, consequencesOf } from '../../../src/core/consequence.ts'
import { fieldPath } from '../../../src/core/lead.ts'
import { localIn } from '../../../src/core/times.ts'
import { useNow } from '../api/clock.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { listed } from '../lead/show.tsx'
import { usePhoneText } from '../phone-text.ts'
import { merge as words } from '../text/merge.ts'
import { dayTime } from '../text/times.ts'
import styles from './row.module.css'
import { useMerging } from './use-merge.ts'

const said = words.consequences
const MINUTE_MS = 60_000

export function Consequences({ group }: { group: ConflictGroup }) {
  const { state, document } = useMerging()
  const set_up = useLeadSetUp()
  const phoneText = usePhoneText()
  const now = useNow(MINUTE_MS)
  const phones = set_up.fields.phones.map(({ name }) => fieldPath(name))
  const is_outcome = group.group === 'outcome'
  const all = consequencesOf(resultOf(state.collision.groups, state.decisions), {
    ...document,
    dispositions: set_up.dispositions,
    phones,
    now: new Date(now).toISOString(),
  })
  const concerns = (one: Consequence) =>
    is_outcome || (one.kind === 'stays_blocked' && group.paths.includes(one.path))
  // A number that breaks in two is hard to read out.
  const write = (number: string) => phoneText(number, set_up.template.region).replaceAll(' ', '\u00a0')
  const is_closed = !all.some(({ kind }) => /^(?:called|called_next|not_called)$/.test(kind))
  const stays_closed = is_outcome && is_closed && !all.some(({ kind }) => kind === 'closes')
  const sentences = new Set([
    ...(stays_closed ? [said.stays_closed] : []),
    ...all.filter(concerns).map((one) => sentenceOf(one, write)),
  ])
  if (is_outcome && is_closed) sentences.add(said.no_call)
  if (sentences.size === 0) return null
  return <p className={`${styles.follows} tiny`}>{[...sentences].join(' ')}</p>
}

function sentenceOf(one: Consequence, write: (number: string) => string): string {
  switch (one.kind) {
    case 'closes':
      return said.closes
    case 'reopens':
      return said.reopens
    case 'lists':
      return said.lists(listed(one.numbers.map(write)), one.numbers.length)
    case 'stays_blocked':
      return said.stays_blocked(write(one.number), words.lists[one.list])
    case 'not_called':
      return said.no_call
    case 'called': {
      const time = one.opens_at
        ? said.called_at_opening(dayTime(localIn(Date.parse(one.opens_at), one.zone)))
        : said.called(dayTime(one.local))
      return one.agent ? `${time} ${said.called_by(one.agent)}` : time
    }
    case 'called_next':
      return one.opens_at
        ? said.called_next_at(dayTime(localIn(Date.parse(one.opens_at), one.zone)))
        : said.called_next
    default:
      return one satisfies never
  }
}

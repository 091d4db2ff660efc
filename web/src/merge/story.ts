// Tells of a linked group who did what, and when: "Ben Ng marked “Do Not Call” at 10:41; you set a callback for Tue 10:00."

import type { ConflictDocument, ConflictGroup } from '../../../src/client/api.ts'
import { FOLLOWING } from '../../../src/core/conflict.ts'
import { valueAt } from '../../../src/core/merge.ts'
import { localIn } from '../../../src/core/times.ts'
import type { LeadSetUp } from '../lead/set-up.ts'
import { groupLabel, shownValue } from '../lead/show.tsx'
import { merge as words } from '../text/merge.ts'
import { ownZone, wallTime } from '../text/times.ts'
import { changersOf, nameOf, type Side, senderOf } from './names.ts'

interface Teller {
  document: ConflictDocument
  set_up: LeadSetUp
  own_id: number
  /** The server's time, milliseconds. */
  now: number
  /** Writes a number as its region does. */
  phoneText: (number: string, region: string | undefined) => string
}

const said = words.story

export function storyOf(name: string, teller: Teller): string {
  const { document, own_id, now } = teller
  const found = document.groups.find(({ group }) => group === name)
  if (!found) return ''
  const groups = [...new Set([name, ...(found.because_of ?? [])])].flatMap((one) =>
    document.groups.filter(({ group }) => group === one),
  )
  const theirs = groups.flatMap((group) => {
    const [author] = changersOf(document, group.group)
    const deed = author && deedOf(group, 'theirs', teller.set_up)
    return deed ? [said.did(nameOf(author, own_id), deed, when(author.at, now))] : []
  })
  const sender = senderOf(document)
  const me = sender && sender.actor !== `operator:${own_id}` ? nameOf(sender, own_id) : said.you
  const mine = groups.flatMap((group) => {
    const deed = deedOf(group, 'mine', teller.set_up)
    return deed ? [said.did(me, deed, '')] : []
  })
  return said.joined([...theirs, ...blocksOf(found, teller), ...mine.slice(0, 2)])
}

/** Which of its numbers came onto a list since, and who put it there. */
function blocksOf({ paths, reason }: ConflictGroup, { document, set_up, own_id, now, phoneText }: Teller) {
  if (reason !== 'number_blocked') return []
  return document.numbers.flatMap(({ path, number, blocked }) => {
    if (!blocked?.since_base || number === null || !paths.includes(path)) return []
    const [shown, list] = [phoneText(number, set_up.template.region), words.lists[blocked.list]]
    const { actor, actor_name, at } = blocked
    return actor === null
      ? [said.blocked(shown, list)]
      : [said.blocked_by(nameOf({ actor, actor_name }, own_id), shown, list, when(at, now))]
  })
}

/** " at 10:41" today, else " on 26 Nov 10:41": in the operator's own zone. */
function when(at: string | null, now: number): string {
  if (at === null) return ''
  const [local, today] = [Date.parse(at), now].map((ms) => localIn(ms, ownZone())) as [string, string]
  return local.slice(0, 10) === today.slice(0, 10) ? said.at(local.slice(11, 16)) : said.on(wallTime(local))
}

/** What a side did to a group; undefined: nothing. */
function deedOf(group: ConflictGroup, side: Side, set_up: LeadSetUp): string | undefined {
  const { base, paths } = group
  const values = group[side]
  const has_changed = (path: string) => paths.includes(path) && valueAt(values, path) !== valueAt(base, path)
  const shown = (path: string) => shownValue(path, valueAt(values, path), set_up)
  // An outcome may be given again: then no value shows it.
  const gave_again = side === 'mine' && group.group === 'outcome' && group.by.mine.length > 0
  const own = paths.filter((path) => !FOLLOWING.has(path))
  const code = shown('disposition')
  const callback = shown('callback')
  if (group.group === 'outcome' && (own.some(has_changed) || gave_again)) {
    if (code && (has_changed('disposition') || !own.some(has_changed)))
      return callback && has_changed('callback') ? said.marked_for(code, callback) : said.marked(code)
    if (has_changed('callback')) return callback ? said.set_callback(callback) : said.ended_callback
    if (has_changed('priority')) return said.set_priority(shown('priority') ?? words.empty)
  }
  if (has_changed('allocation_id')) return said.moved(shown('allocation_id') ?? words.empty)
  return own.some(has_changed) ? said.changed(groupLabel(group, set_up)) : undefined
}

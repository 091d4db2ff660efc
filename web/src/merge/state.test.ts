import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decisions, openGroups, resultOf } from '../../../src/core/conflict.ts'
import { conflictGroups, factsOf } from '../../../src/core/conflict-groups.ts'
import { type Field, FieldTable } from '../../../src/core/field.ts'
import { matchingBy } from '../../../src/core/matching.ts'
import type { Values } from '../../../src/core/merge.ts'
import type { Disposition } from '../../../src/core/rules.ts'
import { type Deed, deedOf, eventOf, type Press, SHORTCUTS } from './keys.ts'
import {
  type Collision,
  canSave,
  decisionOf,
  keptOf,
  leftOf,
  type MergeEvent,
  type MergeState,
  originsOf,
  resumeMerge,
  startMerge,
  step,
} from './state.ts'

const NAMES = ['FirstName', 'LastName', 'Email', 'City', 'Notes', 'Source', 'Mobile']
const FIELDS = new FieldTable(
  NAMES.map(
    (name): Field => ({
      name,
      label: name,
      aliases: [],
      kind: name === 'Mobile' ? 'phone' : 'text',
      choices: null,
      merge_group: null,
    }),
  ),
)
const dispositions = new Map(
  (['retry', 'dnc'] as const).map((kind): [string, Disposition] => [
    kind,
    { code: kind, kind, priority: 10, delay_s: null, next_day: false, redials_max: null, enabled: true },
  ]),
)
const FACTS = factsOf({ fields: FIELDS, dispositions })
const side = (text: string, names: readonly string[]): Values =>
  Object.fromEntries(names.map((name) => [`fields.${name}`, text]))
const BASE: Values = { ...side('before', NAMES), disposition: null, priority: 10 }

/** Jane's lead, changed by us and by them. */
function collision(mine: Values, theirs: Values, lead_version = 2): Collision {
  const groups = conflictGroups(BASE, { ...BASE, ...theirs }, mine, matchingBy(FIELDS), FACTS)
  return { base_version: 1, lead_version, groups }
}
const THREE = ['FirstName', 'City', 'Mobile']
const three = () => startMerge(collision(side('mine', THREE), side('theirs', [...THREE, 'Email'])))
const steps = (state: MergeState, ...events: MergeEvent[]) => events.reduce(step, state)
const takes = ({ decisions }: { decisions: Decisions }) =>
  Object.fromEntries(Object.entries(decisions).map(([group, { take }]) => [group, take]))
const leftNames = (state: MergeState) => leftOf(state).map(({ group }) => group)

const press = (key: string, modifiers: Partial<Press> = {}): Press => ({
  key,
  code: /^\d$/.test(key) ? `Digit${key}` : key,
  shift: false,
  ctrl: false,
  alt: false,
  ...modifiers,
})
const typed = (state: MergeState, ...presses: Press[]) =>
  presses.reduce((now, one) => {
    const deed = deedOf(one, { typing: false, letters: true })
    const event = deed && eventOf(deed, now)
    return event ? step(now, event) : now
  }, state)

describe('deciding', () => {
  test('begins with nothing decided and the focus on the first that is open', () => {
    const state = three()
    expect(state).toMatchObject({ phase: 'deciding', decisions: {}, focus: 'fields.FirstName' })
    expect(leftNames(state)).toEqual(['fields.FirstName', 'fields.City', 'fields.Mobile'])
    expect(canSave(state)).toBe(false)
    expect(step(state, { type: 'save' }).phase).toBe('deciding')
  })

  test('moves on to what is left, and to the save button at the end', () => {
    const first = step(three(), { type: 'decide', group: 'fields.City', take: 'mine' })
    expect(first.focus).toBe('fields.Mobile')
    const second = step(first, { type: 'decide', group: 'fields.Mobile', take: 'theirs' })
    expect(second.focus).toBe('fields.FirstName')
    const last = step(second, { type: 'decide', group: 'fields.FirstName', take: 'base' })
    expect(last.focus).toBeNull()
    expect(takes(last)).toEqual({
      'fields.City': 'mine',
      'fields.Mobile': 'theirs',
      'fields.FirstName': 'base',
    })
    expect(canSave(last)).toBe(true)
    expect(step(last, { type: 'save' }).phase).toBe('saving')
  })

  test('goes round among what is open, both ways', () => {
    const state = steps(three(), { type: 'decide', group: 'fields.City', take: 'mine' }, { type: 'next' })
    expect(state.focus).toBe('fields.FirstName')
    expect(step(state, { type: 'previous' }).focus).toBe('fields.Mobile')
    expect(step({ ...state, focus: null }, { type: 'previous' }).focus).toBe('fields.Mobile')
    expect(step({ ...state, focus: 'fields.Email' }, { type: 'next' }).focus).toBe('fields.Mobile')
  })

  test('what is typed is a value of its own, and one of the sides where it is the same', () => {
    const edit = (value: string) => {
      const state = step(three(), { type: 'edit', group: 'fields.City' })
      expect(state.editing).toBe('fields.City')
      return step(state, {
        type: 'decide',
        group: 'fields.City',
        take: 'value',
        value: { 'fields.City': value },
      })
    }
    expect(edit('Geelong')).toMatchObject({ editing: null, focus: 'fields.Mobile' })
    expect(decisionOf(edit('Geelong'), 'fields.City')).toEqual({
      take: 'value',
      value: { 'fields.City': 'Geelong' },
    })
    for (const [value, take] of [
      ['mine', 'mine'],
      ['theirs', 'theirs'],
      ['before', 'base'],
    ] as const)
      expect(decisionOf(edit(value), 'fields.City')).toEqual({ take })
    expect(step(step(three(), { type: 'edit', group: 'fields.City' }), { type: 'cancel' }).editing).toBeNull()
  })

  test('an outcome that is typed like one of the sides is that side, whatever follows from it', () => {
    const outcome = startMerge(
      collision({ disposition: 'retry', priority: 3, closed: false }, { disposition: 'final', closed: true }),
    )
    const type = (value: Values) =>
      decisionOf(step(outcome, { type: 'decide', group: 'outcome', take: 'value', value }), 'outcome')
    expect(type({ disposition: 'retry', priority: 3 })).toEqual({ take: 'mine' })
    expect(type({ disposition: 'final', priority: 4 })).toEqual({ take: 'value', value: { priority: 4 } })
  })

  test('what is merged by itself can be turned back', () => {
    const back = step(three(), { type: 'decide', group: 'fields.Email', take: 'base' })
    expect(resultOf(back.collision.groups, back.decisions)['fields.Email']).toBe('before')
  })

  test('an unknown group is nothing', () => {
    const state = three()
    expect(step(state, { type: 'decide', group: 'toString', take: 'mine' })).toEqual(state)
  })
})

describe('a linked group', () => {
  const closed = () =>
    startMerge(
      collision(
        { disposition: 'retry', priority: 3, ...side('mine', ['City']) },
        { disposition: 'dnc', ...side('theirs', ['City']) },
      ),
    )

  test('asks why when the recommended side is not taken', () => {
    const asked = step(closed(), { type: 'decide', group: 'outcome', take: 'mine' })
    expect(asked.explaining).toEqual({ group: 'outcome', decision: { take: 'mine' } })
    expect(leftNames(asked)).toContain('outcome')
    expect(step(asked, { type: 'explain', reason: '  ' }).decisions).toEqual({})
    expect(step(asked, { type: 'cancel' }).explaining).toBeNull()
    const explained = step(asked, { type: 'explain', reason: 'she rang back' })
    expect(explained.explaining).toBeNull()
    expect(decisionOf(explained, 'outcome')).toEqual({ take: 'mine', reason: 'she rang back' })
    expect(
      decisionOf(step(closed(), { type: 'decide', group: 'outcome', take: 'theirs' }), 'outcome'),
    ).toEqual({ take: 'theirs' })
  })

  test('is left open by a choice for all that would need a reason', () => {
    expect(leftNames(step(closed(), { type: 'decide_all', take: 'mine' }))).toEqual(['outcome'])
    expect(leftNames(step(closed(), { type: 'decide_all', take: 'theirs' }))).toEqual([])
  })
})

describe('a choice for all that are left', () => {
  test('keeps what is decided', () => {
    const state = steps(
      three(),
      { type: 'decide', group: 'fields.City', take: 'mine' },
      { type: 'decide_all', take: 'theirs' },
    )
    expect(takes(state)).toEqual({
      'fields.FirstName': 'theirs',
      'fields.City': 'mine',
      'fields.Mobile': 'theirs',
    })
    expect(state.asking).toBeNull()
    expect(step(state, { type: 'undo' }).decisions).toEqual({ 'fields.City': { take: 'mine' } })
  })

  test('asks once when there are more than three', () => {
    const four = [...THREE, 'Email']
    const asked = step(startMerge(collision(side('mine', four), side('theirs', four))), {
      type: 'decide_all',
      take: 'mine',
    })
    expect(asked).toMatchObject({ asking: 'mine', decisions: {} })
    expect(step(asked, { type: 'cancel' })).toMatchObject({ asking: null, decisions: {} })
    const sure = step(asked, { type: 'confirm' })
    expect(leftOf(sure)).toEqual([])
    expect(step(sure, { type: 'undo' }).decisions).toEqual({})
  })
})

describe('undo and redo', () => {
  const event: fc.Arbitrary<MergeEvent> = fc.oneof(
    fc.record({
      type: fc.constant('decide' as const),
      group: fc.constantFrom('fields.FirstName', 'fields.City', 'fields.Mobile', 'fields.Email'),
      take: fc.constantFrom('mine' as const, 'theirs' as const, 'base' as const),
    }),
    fc.constant({ type: 'decide_all' as const, take: 'mine' as const }),
  )

  test('go all the way back and forth', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const seen = [three()]
        for (const one of events) {
          const next = step(seen.at(-1)!, one)
          if (next.past.length > seen.at(-1)!.past.length) seen.push(next)
        }
        let state = seen.at(-1)!
        for (const before of seen.slice(0, -1).toReversed()) {
          state = step(state, { type: 'undo' })
          expect(state.decisions).toEqual(before.decisions)
        }
        expect(step(state, { type: 'undo' }).decisions).toEqual({})
        for (const after of seen.slice(1)) {
          state = step(state, { type: 'redo' })
          expect(state.decisions).toEqual(after.decisions)
        }
        expect(step(state, { type: 'redo' })).toEqual(state)
      }),
      { numRuns: 200 },
    )
  })

  test('a new decision ends what could be redone', () => {
    const state = steps(
      three(),
      { type: 'decide', group: 'fields.City', take: 'mine' },
      { type: 'undo' },
      { type: 'decide', group: 'fields.City', take: 'theirs' },
    )
    expect(state.future).toEqual([])
    expect(takes(state)).toEqual({ 'fields.City': 'theirs' })
  })
})

describe('a third change', () => {
  const decided = () =>
    steps(
      three(),
      { type: 'decide', group: 'fields.FirstName', take: 'mine' },
      { type: 'decide', group: 'fields.City', take: 'mine' },
    )

  test('keeps the decisions about what has not changed again, and opens the others, marked', () => {
    const state = step(decided(), {
      type: 'moved',
      collision: collision(
        side('mine', THREE),
        { ...side('theirs', [...THREE, 'Email']), 'fields.City': 'theirs again' },
        3,
      ),
    })
    expect(takes(state)).toEqual({ 'fields.FirstName': 'mine' })
    expect([...state.fresh]).toEqual(['fields.City'])
    expect(leftNames(state)).toEqual(['fields.City', 'fields.Mobile'])
    expect(state).toMatchObject({ moved_again: true, focus: 'fields.Mobile' })
    expect(state.collision.lead_version).toBe(3)
  })

  test('opens what was merged by itself when they now changed it too', () => {
    const mine = side('mine', [...THREE, 'Notes'])
    const before = startMerge(collision(mine, side('theirs', THREE)))
    const state = step(before, {
      type: 'moved',
      collision: collision(mine, side('theirs', [...THREE, 'Notes']), 3),
    })
    expect([...state.fresh]).toEqual(['fields.Notes'])
  })

  test('needs no decision any more where they took back what clashed', () => {
    const state = step(decided(), {
      type: 'moved',
      collision: collision(side('mine', THREE), side('theirs', ['FirstName', 'Mobile']), 3),
    })
    expect(takes(state)).toEqual({ 'fields.FirstName': 'mine' })
    expect(leftNames(state)).toEqual(['fields.Mobile'])
    expect(resultOf(state.collision.groups, state.decisions)['fields.City']).toBe('mine')
  })

  test('neither undo nor redo brings back a decision about what they had before', () => {
    const undone = steps(
      decided(),
      { type: 'decide', group: 'fields.Mobile', take: 'base' },
      { type: 'undo' },
      {
        type: 'moved',
        collision: collision(
          side('mine', THREE),
          { ...side('theirs', THREE), ...side('again', ['City', 'Mobile']) },
          3,
        ),
      },
    )
    expect(takes(step(undone, { type: 'redo' }))).toEqual({ 'fields.FirstName': 'mine' })
    expect(takes(step(undone, { type: 'undo' }))).toEqual({})
    expect(steps(undone, { type: 'undo' }, { type: 'undo' }).past).toEqual([])
  })

  test('a save that comes too late goes back to deciding', () => {
    const saving = steps(decided(), { type: 'decide_all', take: 'theirs' }, { type: 'save' })
    expect(saving.phase).toBe('saving')
    const state = step(saving, {
      type: 'moved',
      collision: collision(side('mine', THREE), { ...side('theirs', THREE), 'fields.City': 'again' }, 3),
    })
    expect(state).toMatchObject({ phase: 'deciding', focus: 'fields.City' })
  })

  test('an edit under way stays where it is about what still stands', () => {
    const editing = step(three(), { type: 'edit', group: 'fields.City' })
    const again = (names: string[]) =>
      collision(side('mine', THREE), { ...side('theirs', THREE), ...side('again', names) }, 3)
    expect(step(editing, { type: 'moved', collision: again(['Mobile']) }).editing).toBe('fields.City')
    expect(step(editing, { type: 'moved', collision: again(['City']) }).editing).toBeNull()
  })

  test('for any sides: what is decided stays exactly where theirs is what it was', () => {
    const values = fc.dictionary(
      fc.constantFrom(...NAMES.map((name) => `fields.${name}`)),
      fc.constantFrom('a', 'b', null),
    ) as fc.Arbitrary<Values>
    fc.assert(
      fc.property(values, values, values, fc.infiniteStream(fc.boolean()), (mine, theirs, later, choose) => {
        let state = startMerge(collision(mine, theirs))
        for (const { group } of openGroups(state.collision.groups))
          if (choose.next().value) state = step(state, { type: 'decide', group, take: 'mine' })
        const before = state
        state = step(state, { type: 'moved', collision: collision(mine, later, 3) })
        for (const [group, decision] of Object.entries(before.decisions)) {
          const same = (theirs[group] ?? null) === (later[group] ?? null)
          const known = Object.hasOwn(theirs, group) === Object.hasOwn(later, group)
          if (same && known) expect(decisionOf(state, group)).toEqual(decision)
          if (!same && group in later) expect(decisionOf(state, group)).toBeUndefined()
        }
        for (const group of state.fresh) expect(leftNames(state)).toContain(group)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('saving', () => {
  const ready = () => step(three(), { type: 'decide_all', take: 'mine' })

  test('freezes decisions, and goes on when the server cannot be reached', () => {
    const saving = step(ready(), { type: 'save' })
    expect(step(saving, { type: 'undo' })).toEqual(saving)
    expect(step(saving, { type: 'decide', group: 'fields.City', take: 'base' })).toEqual(saving)
    const offline = step(saving, { type: 'unreachable' })
    expect(offline).toMatchObject({ phase: 'offline', decisions: ready().decisions })
    expect(step(offline, { type: 'save' }).phase).toBe('saving')
    expect(step(saving, { type: 'saved' }).phase).toBe('saved')
  })

  test('what the server finds wrong stands at its group until that is decided again', () => {
    const state = steps(
      ready(),
      { type: 'save' },
      { type: 'refused', errors: { 'fields.City': 'is too long' } },
    )
    expect(state).toMatchObject({ phase: 'deciding', focus: 'fields.City' })
    expect(state.errors).toEqual({ 'fields.City': 'is too long' })
    const again = step(state, { type: 'decide', group: 'fields.City', take: 'theirs' })
    expect(again.errors).toEqual({})
  })

  test('a lead that is gone takes no decision', () => {
    const gone = step(three(), { type: 'gone' })
    expect(gone.phase).toBe('gone')
    expect(step(gone, { type: 'decide', group: 'fields.City', take: 'mine' })).toEqual(gone)
    expect(canSave(gone)).toBe(false)
    expect(step(gone, { type: 'next' }).focus).toBe('fields.City')
  })
})

describe('a reload', () => {
  test('keeps what was decided, as far as it still stands', () => {
    const state = step(three(), { type: 'decide', group: 'fields.City', take: 'mine' })
    const kept = JSON.parse(JSON.stringify(keptOf(state)))
    const same = resumeMerge(kept, state.collision)
    expect(same).toMatchObject({ decisions: state.decisions, focus: 'fields.FirstName', moved_again: false })
    const later = collision(side('mine', THREE), { ...side('theirs', THREE), 'fields.City': 'again' }, 3)
    const moved = resumeMerge(kept, later)
    expect(moved.decisions).toEqual({})
    expect([...moved.fresh]).toEqual(['fields.City'])
  })
})

test('the summary counts where results come from', () => {
  const state = steps(
    startMerge(collision(side('mine', [...THREE, 'Notes']), side('theirs', [...THREE, 'Email']))),
    { type: 'decide', group: 'fields.City', take: 'value', value: { 'fields.City': 'Geelong' } },
    { type: 'decide', group: 'fields.Mobile', take: 'theirs' },
  )
  expect(originsOf(state)).toEqual({ mine: 1, theirs: 2, base: 0, value: 1, merged: 0 })
})

describe('the keyboard', () => {
  const save = press('Enter', { ctrl: true })
  /** Ctrl and Enter are two keys. */
  const keysOf = (presses: Press[]) =>
    presses.reduce((sum, one) => sum + 1 + Number(one.ctrl) + Number(one.shift) + Number(one.alt), 0)

  test('settles three conflicts and saves with eight keys at most, two for each', () => {
    const presses = [press('1'), press('2'), press('0'), save]
    const state = typed(three(), ...presses)
    expect(state.phase).toBe('saving')
    expect(takes(state)).toEqual({
      'fields.FirstName': 'mine',
      'fields.City': 'theirs',
      'fields.Mobile': 'base',
    })
    expect(keysOf(presses)).toBeLessThanOrEqual(8)
    expect(keysOf(presses.slice(0, -1))).toBeLessThanOrEqual(2 * 3)
    const all = [press('@', { code: 'Digit2', shift: true }), save]
    expect(typed(three(), ...all).phase).toBe('saving')
  })

  test('finds a digit by its place, on every layout and on the number pad', () => {
    for (const one of [press('1'), press('&', { code: 'Digit1' }), press('1', { code: 'Numpad1' })])
      expect(typed(three(), one).decisions).toEqual({ 'fields.FirstName': { take: 'mine' } })
  })

  test('arrows go and choose, u takes back, Shift+u does it again', () => {
    const state = typed(
      three(),
      press('ArrowDown'),
      press('ArrowLeft'),
      press('ArrowUp'),
      press('ArrowRight'),
    )
    expect(takes(state)).toEqual({ 'fields.City': 'mine', 'fields.FirstName': 'theirs' })
    const undone = typed(state, press('u'))
    expect(takes(undone)).toEqual({ 'fields.City': 'mine' })
    expect(typed(undone, press('U', { shift: true })).decisions).toEqual(state.decisions)
  })

  test('single keys do nothing while something is typed, or when they are turned off', () => {
    const singles: Deed[] = SHORTCUTS.filter((one) => !one.everywhere).map(({ deed }) => deed)
    for (const one of [press('1'), press('n'), press('?'), press('ArrowDown')]) {
      expect(deedOf(one, { typing: true, letters: true })).toBeUndefined()
      expect(deedOf(one, { typing: false, letters: false })).toBeUndefined()
      expect(singles).toContain(deedOf(one, { typing: false, letters: true }))
    }
    expect(deedOf(save, { typing: true, letters: false })).toBe('save')
    expect(deedOf(press('Escape'), { typing: true, letters: false })).toBe('cancel')
  })

  test('leaves the shortcuts of the browser alone', () => {
    for (const key of ['1', '2', 'n', 'p', 'e', 'u', 'a', 'b', 'v', '0'])
      for (const modifiers of [{ ctrl: true }, { alt: true }])
        expect(deedOf(press(key, modifiers), { typing: false, letters: true })).toBeUndefined()
  })

  test('no key does two things, and every deed has one', () => {
    const keys = SHORTCUTS.flatMap((one) => one.keys)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { deed } of SHORTCUTS) expect(SHORTCUTS.filter((one) => one.deed === deed)).toHaveLength(1)
    expect(eventOf('take_mine', { focus: null })).toBeUndefined()
    expect(eventOf('help', { focus: 'outcome' })).toBeUndefined()
  })
})

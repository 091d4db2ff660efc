// Keeps the demo busy: leads from the web form, changes of the nightly sync, a clash now and then.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../../client/client.ts'
import { person, pickOne, randomFrom } from './people.ts'
import type { Systems } from './place.ts'
import { practice } from './practice.ts'
import { clash } from './story.ts'

const PAUSE_MS = 1_500
/** A clash at every so many steps, until so many wait: a person should be able to catch up. */
const CLASH_STEPS = 20
const CONFLICTS_MAX = 25
/** Whoever has settled the clash for practice finds another one soon. */
const PRACTICE_STEPS = 5

/** Runs until the signal is aborted. `first`: the number of the first new person. */
export async function trickle(
  systems: Systems,
  targets: readonly Target[],
  first: number,
  signal: AbortSignal,
): Promise<void> {
  const random = randomFrom(first)
  for (let step = 0; !signal.aborted; step++) {
    try {
      const target = pickOne(random, targets)
      const lead = person(first + step, random)
      await systems.web_form.insertLeadFast(target, lead)
      if (step % 3 === 0)
        await systems.crm.updateLeadFast(target, {
          njExternalLeadId: lead.njExternalLeadId!,
          Mobile: '<NO CHANGE>',
          njDisposition: 'No Answer',
          QuarterlyBill: String(200 + Math.floor(random() * 900)),
        })
      if (step % PRACTICE_STEPS === 0) await practice(systems, targets[0]!)
      if (step % CLASH_STEPS === CLASH_STEPS - 1 && (await waiting(systems)) < CONFLICTS_MAX)
        await clash(systems, target, lead.njExternalLeadId!, random)
    } catch {
      // The server may be stopping, or away for a moment.
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** Enough of them when they cannot be counted. */
const waiting = async ({ office }: Systems) => {
  const open = await office.conflicts({ limit: CONFLICTS_MAX })
  return open.ok ? open.body.items.length : CONFLICTS_MAX
}

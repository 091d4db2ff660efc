// Which lead the operator has: taken from the queue when asked for, found again after a reload or a lost answer. While the queue
// has none, it is looked into again.

import { useEffect, useEffectEvent, useState } from 'react'
import { client, NoAnswer } from '../api/client.ts'
import { useOperator } from '../api/session.ts'
import { type InHand, inHand, takeNext } from '../api/work.ts'
import { useAskMs } from '../shell/asking.ts'

export type Phase =
  /** Whether there is a lead from before is not known yet. */
  | { kind: 'opening' }
  /** Nobody has asked for a lead. */
  | { kind: 'resting' }
  /** A lead was asked for. `found_none`: there was none so far. */
  | { kind: 'looking'; found_none: boolean }
  | { kind: 'held'; lease: InHand }
  | { kind: 'refused'; error: Error }

const LOOK_AGAIN_MS = 5_000
const AFTER_SILENCE_MS = 3_000

export interface Next {
  phase: Phase
  /** Asks for a lead. */
  look: () => void
  /** The lead is done, and none is asked for. */
  rest: () => void
}

export function useNext(allocation_id: number): Next {
  const { login } = useOperator()
  const [phase, setPhase] = useState<Phase>({ kind: 'opening' })
  const again_ms = useAskMs(LOOK_AGAIN_MS)
  const { kind } = phase
  const ask = useEffectEvent(() =>
    kind === 'opening' ? inHand(allocation_id) : takeNext(allocation_id, login),
  )
  // A lead that nobody sees is kept from everybody else.
  const is_asking = kind === 'opening' || (kind === 'looking' && again_ms !== false)
  useEffect(() => {
    if (!is_asking) return
    let is_over = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      try {
        const lease = document.hidden ? undefined : await ask()
        if (is_over) {
          if (lease && kind === 'looking') void client.handBackLease(lease.lease_id).catch(() => undefined)
          return
        }
        if (lease) return setPhase({ kind: 'held', lease })
        if (kind === 'opening' && !document.hidden) return setPhase({ kind: 'resting' })
        if (kind === 'looking') setPhase({ kind, found_none: true })
        timer = setTimeout(look, LOOK_AGAIN_MS)
      } catch (error) {
        if (is_over) return
        if (error instanceof NoAnswer) timer = setTimeout(look, AFTER_SILENCE_MS)
        else setPhase({ kind: 'refused', error: error as Error })
      }
    }
    void look()
    return () => {
      is_over = true
      clearTimeout(timer)
    }
  }, [is_asking, kind])
  return {
    phase,
    look: () => setPhase({ kind: 'looking', found_none: false }),
    rest: () => setPhase({ kind: 'resting' }),
  }
}

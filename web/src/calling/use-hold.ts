// How long the operator still has a lead. Whoever works on it keeps it; whoever does not is told before it goes back.

import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { LIMITS } from '../../../src/core/limits.ts'
import { client, must, Refused } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'
import type { InHand } from '../api/work.ts'

/** A lead is kept for longer when less than this is left, milliseconds. */
const EXTENDED_BELOW_MS = 120_000
const WARNED_BELOW_MS = 60_000
/** Whoever has typed or clicked within this time is at work. */
const ACTIVE_MS = 60_000
/** Somebody who talks touches nothing: so long a call is believed. */
const CALL_MS = 30 * 60_000
const TRY_AGAIN_MS = 5_000

/** When somebody touched this page last. A lead that comes by itself to an empty chair is not kept. */
let active_at = Number.NEGATIVE_INFINITY
for (const touch of ['keydown', 'pointerdown'])
  window.addEventListener(touch, () => {
    active_at = serverNow()
  })

export interface Hold {
  /** Seconds until the lead goes back, in the last minute. */
  left_s: number | null
  /** The operator does not have the lead any more. */
  ended: boolean
  keep: () => void
}

/** `called_at`: when the operator dialled, in milliseconds since 1970. */
export function useHold({ lease_id, expires_at }: InHand, called_at: number | null): Hold {
  const until = useRef(Date.parse(expires_at))
  const tried_at = useRef(0)
  const [left_s, setLeft] = useState<number | null>(null)
  const [ended, setEnded] = useState(false)

  const extend = async () => {
    tried_at.current = serverNow()
    try {
      const { expires_at } = await must(client.extendLease(lease_id, { lease_s: LIMITS.lease_s_default }))
      until.current = Date.parse(expires_at)
      tried_at.current = 0
      setLeft(null)
    } catch (error) {
      // Closed by somebody, or over. Without an answer it is tried again.
      if (error instanceof Refused && error.status === 404) setEnded(true)
    }
  }
  const tick = useEffectEvent(() => {
    const now = serverNow()
    const left_ms = until.current - now
    if (left_ms <= 0) setEnded(true)
    setLeft(left_ms < WARNED_BELOW_MS ? Math.max(0, Math.ceil(left_ms / 1_000)) : null)
    const is_active = now - active_at < ACTIVE_MS
    const is_calling = called_at !== null && now - Math.max(called_at, active_at) < CALL_MS
    if (left_ms > 0 && left_ms < EXTENDED_BELOW_MS && (is_active || is_calling))
      if (now - tried_at.current > TRY_AGAIN_MS) void extend()
  })
  useEffect(() => {
    if (ended) return
    tick()
    const timer = setInterval(() => tick(), 1_000)
    return () => clearInterval(timer)
  }, [ended])
  return { left_s: ended ? null : left_s, ended, keep: () => void extend() }
}

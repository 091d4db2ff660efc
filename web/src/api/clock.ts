// The server's time: "2 minutes ago" must be right on a machine whose clock is wrong.

import { useEffect, useState } from 'react'

let ahead_ms = 0

/** From the Date header of an answer. It has whole seconds, so small differences do not count. */
export function learnTime(date: string | null): void {
  const server_ms = Date.parse(date ?? '')
  if (Number.isNaN(server_ms)) return
  const difference = server_ms + 500 - Date.now()
  ahead_ms = Math.abs(difference) > 2_000 ? difference : 0
}

export const serverNow = () => Date.now() + ahead_ms

/** The server's time, read again every so often. */
export function useNow(every_ms = 10_000): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), every_ms)
    return () => clearInterval(timer)
  }, [every_ms])
  return now
}

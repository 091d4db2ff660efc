import { useEffect, useRef } from 'react'

/** A third change: the lead has moved on from what is decided about here. */
export function useFollow(version: number, shown_version: number, refresh: () => void): void {
  const latest = useRef(refresh)
  latest.current = refresh
  useEffect(() => {
    if (version > shown_version) latest.current()
  }, [version, shown_version])
}

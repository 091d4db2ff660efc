// Alt+1 to Alt+9: the sections of the form, in fields too, for Alt and a digit type nothing that anybody wants there.

import { useEffect, useRef } from 'react'

export function useSectionKeys(ids: readonly string[]): void {
  const latest = useRef(ids)
  latest.current = ids
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
      if (!event.altKey || event.ctrlKey || event.metaKey || digit === undefined) return
      const heading = document.getElementById(latest.current[Number(digit) - 1] ?? '')
      if (!heading) return
      event.preventDefault()
      heading.scrollIntoView({ block: 'start' })
      heading.focus({ preventScroll: true })
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

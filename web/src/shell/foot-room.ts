// Keeps what is typed in clear of the bar at the foot of the screen, however high the bar is: WCAG 2.4.11.

/** The ref of a bar at the foot. */
export function footRoom(bar: HTMLElement | null) {
  if (!bar) return
  const { documentElement } = document
  const observer = new ResizeObserver(() => {
    documentElement.style.setProperty('--foot', `${bar.offsetHeight}px`)
    const { activeElement: focused } = document
    if (!focused?.closest('main') || bar.contains(focused)) return
    const { top, bottom } = focused.getBoundingClientRect()
    // With what is said below it.
    const below = Number.parseFloat(getComputedStyle(focused).scrollMarginBottom)
    const is_covered = bottom + below > bar.getBoundingClientRect().top && top < window.innerHeight
    if (is_covered && getComputedStyle(bar).position === 'sticky')
      focused.scrollIntoView({ block: 'nearest' })
  })
  observer.observe(bar)
  return () => {
    observer.disconnect()
    documentElement.style.removeProperty('--foot')
  }
}

// The second click of a double click is meant for what the first one hit. Whatever has come to that place meanwhile, a
// dialog or another screen, must not take it.

/** Between two clicks of people who double-click everything, milliseconds. */
const DOUBLE_MS = 750
const SAME_PLACE_PX = 8
const CONTROLS = 'a, button, summary, label, [role="option"], [role="menuitem"], input, select, textarea'

let last: { control: Element | null; x: number; y: number; at: number } | undefined

export function onSecondClick(event: MouseEvent): void {
  // Keys make clicks too, which are about the focus and not about a place.
  if (event.detail === 0 || !(event.target instanceof Element)) return
  const control = event.target.closest(CONTROLS)
  const { clientX: x, clientY: y, timeStamp: at } = event
  const is_second =
    last !== undefined &&
    at - last.at < DOUBLE_MS &&
    Math.hypot(x - last.x, y - last.y) < SAME_PLACE_PX &&
    control !== last.control &&
    !belongs(control, last.control)
  if (is_second && control !== null) {
    event.preventDefault()
    event.stopPropagation()
  } else last = { control, x, y, at }
}

/** A label hands its click on to its input. A button of a screen that is drawn anew (data-again) is the same one. */
const belongs = (control: Element | null, before: Element | null) =>
  (before instanceof HTMLLabelElement && before.control === control) ||
  (before !== null && again(before) !== null && again(before) === again(control))

const again = (control: Element | null) => control?.getAttribute('data-again') ?? null

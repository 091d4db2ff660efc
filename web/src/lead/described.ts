// What Mantine's inputs do not take: the ids of their descriptions elsewhere on the page, and the direction of their text.

/** The ref of an input. `ids`: of what describes it. */
export const described = (ids: string | undefined) => (input: HTMLElement | null) => {
  // Arabic and Hebrew run from the right, whatever the language of the app.
  input?.setAttribute('dir', 'auto')
  if (ids) input?.setAttribute('aria-describedby', ids)
  else input?.removeAttribute('aria-describedby')
}

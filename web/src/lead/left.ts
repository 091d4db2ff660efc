// What is said about a draft that was found, or is left behind.

import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import { type About, toast } from '../shell/toast.tsx'
import { text } from '../text.ts'
import { useDraft } from './kept.ts'

const words = text.lead.save

/** The time of the draft that the screen opened with; undefined once something is typed here. */
export function useRestored(at: string | undefined): string | undefined {
  const [restored] = useState(at)
  return at === restored ? restored : undefined
}

/** Leaving loses nothing, but nobody should think that it is saved. */
export function useLeftUnsaved(about: About): void {
  const { lead_id } = about
  const navigate = useNavigate()
  const [, store] = useDraft(lead_id)
  const leave = useEffectEvent(() => {
    const changes = Object.keys(store.get()?.changes ?? {}).length
    // The lead's own screens go on with the draft.
    if (changes === 0 || `${window.location.pathname}/`.includes(`/leads/${lead_id}/`)) return
    const run = () => void navigate({ to: '/leads/$id', params: { id: lead_id } })
    toast(words.left(changes), [{ label: words.go_back, run }], about)
  })
  useEffect(() => () => leave(), [])
}

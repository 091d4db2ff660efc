// The leads that are chosen in the list, also over its pages.

import { useRef, useState } from 'react'
import type { FoundLead } from '../../../src/client/api.ts'

export interface Selection {
  chosen: ReadonlyMap<string, FoundLead>
  /** `ranged`: all from the last one to this one become as this one. */
  toggle: (lead: FoundLead, page: readonly FoundLead[], ranged: boolean) => void
  /** All of a page; when all of it are chosen, none. */
  toggleAll: (page: readonly FoundLead[]) => void
  set: (leads: readonly FoundLead[]) => void
}

export function useSelection(): Selection {
  const [chosen, setChosen] = useState<ReadonlyMap<string, FoundLead>>(new Map())
  const last = useRef<string>(undefined)
  const change = (leads: readonly FoundLead[], on: boolean) => {
    const next = new Map(chosen)
    for (const lead of leads) {
      if (on) next.set(lead.id, lead)
      else next.delete(lead.id)
    }
    setChosen(next)
  }
  return {
    chosen,
    toggle(lead, page, ranged) {
      const at = page.findIndex(({ id }) => id === lead.id)
      const from = ranged ? page.findIndex(({ id }) => id === last.current) : -1
      last.current = lead.id
      const some = from < 0 ? [lead] : page.slice(Math.min(from, at), Math.max(from, at) + 1)
      change(some, !chosen.has(lead.id))
    },
    toggleAll(page) {
      change(page, !page.every(({ id }) => chosen.has(id)))
    },
    set: (leads) => setChosen(new Map(leads.map((lead) => [lead.id, lead]))),
  }
}

// On the page of a lead: the way back to the list that it was opened from, its place there, and its neighbours.

import { ActionIcon, Tooltip } from '@mantine/core'
import IconChevronLeft from '@tabler/icons-react/icons/IconChevronLeft'
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { hasNeighbour, neighbourOf, rowsBefore, setListed, totalOf, useListed } from '../api/listed.ts'
import type { LeadSearch } from '../search.ts'
import { Back } from '../shell/page.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { text } from '../text.ts'
import styles from './leads.module.css'

const words = text.leads

/** The properties of a link to the list as it was. */
export function useListLink() {
  const shown = useListed()
  return {
    to: '/leads' as const,
    search: shown?.search ?? ({} as LeadSearch),
    state: { list_place: shown?.place, scrolled_as: shown?.scrolled_as },
  }
}

export const BackToList = () => <Back {...useListLink()}>{words.title}</Back>

/** "Lead 3 of 81" between two buttons; nothing for a lead that was not opened from a list. */
export function Neighbours({ lead_id }: { lead_id: string }) {
  const shown = useListed()
  const navigate = useNavigate()
  const listed = shown?.ids.includes(lead_id) ? shown : null
  useEffect(() => {
    if (listed && listed.opened !== lead_id) setListed({ ...listed, opened: lead_id })
  }, [listed, lead_id])
  const go = (by: 1 | -1) => async () => {
    const id = listed && (await neighbourOf(lead_id, listed, by).catch(() => undefined))
    if (id) void navigate({ to: '/leads/$id', params: { id } })
  }
  useShortcuts([
    { keys: ']', does: words.neighbours.next, run: go(1) },
    { keys: '[', does: words.neighbours.previous, run: go(-1) },
  ])
  if (!listed) return null
  const before = rowsBefore(listed.place)
  const total = totalOf(listed.place, listed.ids.length, listed.next_cursor)
  const button = (by: 1 | -1, label: string, Icon: typeof IconChevronLeft) => (
    <Tooltip label={label}>
      <ActionIcon
        size={28}
        aria-label={label}
        // Going through leads in a hurry is no double click.
        data-again={label}
        disabled={!hasNeighbour(lead_id, listed, by)}
        onClick={() => void go(by)()}
      >
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <nav className={`${styles.neighbours} row`} aria-label={words.neighbours.label}>
      {button(-1, words.neighbours.previous, IconChevronLeft)}
      {before !== undefined && (
        <span className="dimmed small figures">
          {words.neighbours.place(before + listed.ids.indexOf(lead_id) + 1, total)}
        </span>
      )}
      {button(1, words.neighbours.next, IconChevronRight)}
    </nav>
  )
}

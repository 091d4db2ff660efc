// Gives a lead values back that a decision gave up. Nothing is replaced that the operator has not seen: a lead that has
// changed meanwhile refuses it.

import { Button } from '@mantine/core'
import { useIsMutating, useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { DecidedGroup, Lead, RestoreRequest } from '../../../src/client/api.ts'
import type { Values } from '../../../src/core/merge.ts'
import { client, must, NoAnswer, queries, Refused } from '../api/client.ts'
import { collisionIn, historyQuery, isGone, isNewest, learn, whole } from '../api/lead.ts'
import { leadName, leadQuery } from '../api/leads.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { duplicateIn, isBlockedNumber } from '../lead/refusal.ts'
import { type LeadSetUp, useLeadSetUp } from '../lead/set-up.ts'
import { actorName, groupsInWords, listed, shownValue } from '../lead/show.tsx'
import { useUndo } from '../lead/undo.ts'
import { tell } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { problemsOf } from '../shell/value-problems.ts'
import { history } from '../text/history.ts'
import { type Given, obstacleTo } from './given-up.ts'
import styles from './history.module.css'

const words = history.restore

interface RestoreProps {
  lead: Lead
  /** Of the group. */
  label: string
  /** "your", "CRM’s", and alone: "yours", "CRM’s". */
  whose: string
  whose_alone: string
  merge_id: number
  group: DecidedGroup
  side: Given
  /** Those of the values that people look at. */
  paths: readonly string[]
}

export function Restore({ lead, label, whose, whose_alone, merge_id, group, side, paths }: RestoreProps) {
  const values = group[side]
  const set_up = useLeadSetUp()
  const operator = useOperator()
  const undo = useUndo(lead)
  const place = useRef<HTMLSpanElement>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const about = { lead_id: lead.id, name: leadName(lead, set_up.template) }
  const mutationKey = ['restore', lead.id]
  const restore = useMutation({
    mutationKey,
    mutationFn: (body: RestoreRequest) => whole(must(client.restoreValues(lead.id, body))),
    onMutate: () => setRefusal(null),
    onSuccess: (restored, { lead_version }) => {
      // The button is about to go; what was restored keeps the focus.
      if (place.current?.contains(document.activeElement))
        place.current.closest<HTMLElement>('[data-given-up]')?.focus({ preventScroll: true })
      learn(restored)
      const { version } = restored
      if (version === lead_version) return toast(words.already, [], about)
      const way_back = { label: words.undo, run: () => void undo(version, version) }
      toast(words.done(whose, label), [way_back], about)
    },
    onError: async (error, { lead_version }) => {
      if (collisionIn(error) || isGone(error))
        void queries.invalidateQueries({ queryKey: leadQuery(lead.id).queryKey })
      setRefusal(await refusalOf(error, { lead_id: lead.id, lead_version, set_up, operator }))
    },
  })
  const is_busy = useIsMutating({ mutationKey }) > 0
  const obstacle = obstacleTo(group, side, lead, set_up, hasRole(operator, 'lead'))
  const change = obstacle ? undefined : changeOfCalls(values, lead)
  const shown = listed(
    paths.map((path) => shownValue(path, values[path] ?? null, set_up) ?? history.given_up.empty),
  )
  return (
    <span ref={place} className="row">
      {obstacle ? (
        <span className="dimmed tiny">{words.obstacles[obstacle]}</span>
      ) : (
        <Button
          size="compact-sm"
          data-restore
          aria-disabled={is_busy}
          aria-label={words.label(whose_alone, label, shown)}
          onClick={() => {
            // Another restore may have begun, or ended, since this was drawn.
            if (queries.isMutating({ mutationKey }) === 0 && isNewest(lead))
              restore.mutate({ merge_id, group: group.group, side, lead_version: lead.version })
          }}
        >
          {words.do(whose_alone)}
        </Button>
      )}
      {change && <span className="dimmed tiny">{words[change]}</span>}
      {refusal && (
        <span className={styles.refusal} role="alert">
          {refusal.said}{' '}
          {refusal.other && (
            <Link to="/leads/$id" params={{ id: refusal.other }}>
              {words.open_other}
            </Link>
          )}
        </span>
      )}
    </span>
  )
}

/** Whether it ends or begins the calling of the lead. */
function changeOfCalls({ closed }: Values, lead: Lead): 'reopens' | 'closes' | undefined {
  if (closed === undefined || closed === lead.closed) return undefined
  return lead.closed ? 'reopens' : 'closes'
}

interface Refusal {
  said: string
  /** The lead that has the number. */
  other?: string | undefined
}

interface Asked {
  lead_id: string
  lead_version: number
  set_up: LeadSetUp
  operator: { operator_id: number }
}

async function refusalOf(error: Error, { lead_id, lead_version, set_up, operator }: Asked): Promise<Refusal> {
  if (collisionIn(error)) {
    const events = await queries.fetchQuery(historyQuery(lead_id, lead_version)).catch(() => [])
    const who = listed([...new Set(events.map((event) => actorName(event, operator.operator_id)))])
    const what = groupsInWords(new Set(events.flatMap(({ changes }) => Object.keys(changes ?? {}))), set_up)
    return { said: words.moved(who || words.somebody, what || words.something) }
  }
  if (isGone(error)) return { said: words.gone }
  if (isBlockedNumber(error)) return { said: words.blocked }
  const other = duplicateIn(error)
  if (other !== undefined) return { said: words.duplicate, other }
  if (error instanceof NoAnswer) return { said: words.no_answer }
  if (error instanceof Refused && error.problem.name === 'FORBIDDEN') return { said: words.forbidden }
  const [wrong] = error instanceof Refused ? problemsOf(error.problem) : []
  return { said: wrong ? words.refused(wrong.detail) : tell(error).said }
}

export const RESTORE_KEY = 'r'

/**
 * Restores what has the focus, or the only value of its part of the page; where there are several, the first one gets the
 * focus. Pressed once too often it does nothing: what was restored has no button any more.
 */
export function restoreFocused(): void {
  const focused = document.activeElement
  const part = focused?.closest('[data-opens]') ?? document.querySelector('main')
  const values = [...(part?.querySelectorAll<HTMLElement>('[data-given-up]') ?? [])]
  const chosen = focused?.closest('[data-given-up]') ?? (values.length === 1 ? values[0] : undefined)
  const button = (of: Element) => of.querySelector<HTMLElement>('[data-restore]')
  if (chosen) button(chosen)?.click()
  else values.find(button)?.focus()
}

// Explains why a new lead was refused: with links to the fields, or to the lead that has the number already.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLink, useNavigate } from '@tanstack/react-router'
import { type ComponentProps, useEffect, useRef } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { Refused } from '../api/client.ts'
import { leadName, leadQuery } from '../api/leads.ts'
import { type NewLeadDraft, useDraft } from '../lead/kept.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { focusInput, inputId, labelOf } from '../lead/show.tsx'
import { Notice, Problem, ProblemDetails } from '../shell/problem.tsx'
import type { ValueProblem } from '../shell/value-problems.ts'
import { new_lead } from '../text/new-lead.ts'
import { addedTo } from './draft.ts'
import styles from './new-lead.module.css'

const words = new_lead

interface RefusalProps {
  error: unknown
  problems: readonly ValueProblem[]
  draft: NewLeadDraft
  /** Create the lead although another one has the number. */
  onAnyway: () => void
  /** What was typed is an edit of the other lead now. */
  onAdded: () => void
}

export function Refusal({ error, problems, draft, onAnyway, onAdded }: RefusalProps) {
  const { template } = useLeadSetUp()
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal is read out, also one like the one before
  useEffect(() => box.current?.focus(), [error])
  const refused = error instanceof Refused ? error.problem : undefined
  const details = <ProblemDetails error={error} />
  const other_id = typeof refused?.lead_id === 'string' ? refused.lead_id : undefined
  const { data: other } = useQuery({ ...leadQuery(other_id ?? ''), enabled: other_id !== undefined })
  if (refused?.name === 'DUPLICATE' || refused?.name === 'DUPLICATE_EXTERNAL_ID') {
    const by_number = refused.name === 'DUPLICATE'
    const name = other && leadName(other, template)
    const who = name === undefined ? words.another : name === other_id ? name : words.named(name, other_id!)
    return (
      <Notice
        ref={box}
        tabIndex={-1}
        tone="warn"
        title={by_number ? words.duplicate(who) : words.duplicate_id(who)}
      >
        <p>{by_number ? words.duplicate_what : words.duplicate_id_what}</p>
        <div className={`${styles.choices} row`}>
          {other && <AddToOther other={other} draft={draft} onAdded={onAdded} />}
          {other_id && (
            <OpenLink to="/leads/$id" params={{ id: other_id }}>
              {words.open_other}
            </OpenLink>
          )}
          {by_number && (
            <Button size="xs" variant="subtle" onClick={onAnyway}>
              {words.anyway}
            </Button>
          )}
          {details}
        </div>
      </Notice>
    )
  }
  if (problems.length === 0)
    return (
      <div ref={box} tabIndex={-1}>
        <Problem error={error} title={words.not_saved} />
      </div>
    )
  return (
    <Notice ref={box} tabIndex={-1} tone="bad" title={words.problems(problems.length)}>
      <ul className={styles.problems}>
        {problems.map(({ path, detail }) => (
          <li key={path + detail}>
            <a
              href={`#${inputId(path)}`}
              onClick={(event) => {
                event.preventDefault()
                focusInput(path)
              }}
            >
              {labelOf(path, { template })}
            </a>
            {words.says(detail)}
          </li>
        ))}
      </ul>
      {details}
    </Notice>
  )
}

const OpenLink = createLink((props: ComponentProps<'a'>) => <Button {...props} component="a" size="xs" />)

interface AddToOtherProps {
  other: Lead
  draft: NewLeadDraft
  onAdded: () => void
}

/** Opens the other lead with what was typed as an edit that is not saved yet. */
function AddToOther({ other, draft, onAdded }: AddToOtherProps) {
  const [edit, store] = useDraft(other.id)
  const navigate = useNavigate()
  return (
    <Button
      size="xs"
      variant="filled"
      onClick={() => {
        store.set(addedTo(other, edit, draft, new Date().toISOString()))
        onAdded()
        void navigate({ to: '/leads/$id', params: { id: other.id } })
      }}
    >
      {words.add_to_other}
    </Button>
  )
}

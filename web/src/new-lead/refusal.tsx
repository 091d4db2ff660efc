// Explains why a new lead was refused: with links to the fields, or to the lead that holds the number.

import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Template } from '../../../src/client/api.ts'
import { Refused } from '../api/client.ts'
import { focusInput, inputId, labelOf } from '../lead/show.tsx'
import { Notice, Problem, ProblemDetails, type ValueProblem } from '../shell/problem.tsx'
import { text } from '../text.ts'
import styles from './new-lead.module.css'

const words = text.new_lead

interface RefusalProps {
  error: unknown
  problems: readonly ValueProblem[]
  template: Template | undefined
  /** Create the lead although another one holds the number. */
  onAnyway: () => void
}

export function Refusal({ error, problems, template, onAnyway }: RefusalProps) {
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal is read out, also one like the one before
  useEffect(() => box.current?.focus(), [error])
  const refused = error instanceof Refused ? error.problem : undefined
  const details = <ProblemDetails error={error} />
  if (refused?.name === 'DUPLICATE' || refused?.name === 'DUPLICATE_EXTERNAL_ID') {
    const by_number = refused.name === 'DUPLICATE'
    return (
      <Notice ref={box} tabIndex={-1} tone="warn" title={by_number ? words.duplicate : words.duplicate_id}>
        <p>{by_number ? words.duplicate_what : words.duplicate_id_what}</p>
        <div className={`${styles.choices} row`}>
          {typeof refused.lead_id === 'string' && (
            <Button component={Link} to={`/leads/${refused.lead_id}`} size="xs">
              {words.open_other(refused.lead_id)}
            </Button>
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

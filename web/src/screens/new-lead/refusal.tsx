// Why a new lead was not taken: a summary that leads to each field, or the lead that holds the number.

import { Alert, Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Refused } from '../../api/client.ts'
import type { Template } from '../../api/set-up.ts'
import type { FieldProblem } from '../../fields/problems.ts'
import { Problem, sentence } from '../../shell/problem.tsx'
import { text } from '../../text.ts'
import styles from './new-lead.module.css'

const words = text.new_lead

export interface RefusalProps {
  error: unknown
  problems: readonly FieldProblem[]
  template: Template | undefined
  /** Create the lead although another one holds the number. */
  onAnyway: () => void
}

export function Refusal({ error, problems, template, onAnyway }: RefusalProps) {
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal is read out, also one like the one before
  useEffect(() => box.current?.focus(), [error])
  const refused = error instanceof Refused ? error.problem : undefined
  if (refused?.name === 'DUPLICATE' || refused?.name === 'DUPLICATE_EXTERNAL_ID')
    return (
      <Alert
        ref={box}
        tabIndex={-1}
        role="alert"
        color="orange"
        className={styles.clash}
        icon={<IconAlertTriangle size={18} aria-hidden />}
        title={refused.name === 'DUPLICATE' ? words.duplicate : words.duplicate_id}
      >
        <p>{refused.name === 'DUPLICATE' ? words.duplicate_what : words.duplicate_id_what}</p>
        <div className={styles.choices}>
          {typeof refused.lead_id === 'string' && (
            <Button component={Link} to={`/leads/${refused.lead_id}`} size="xs" variant="default">
              {words.open_other(refused.lead_id)}
            </Button>
          )}
          {refused.name === 'DUPLICATE' && (
            <Button size="xs" variant="subtle" onClick={onAnyway}>
              {words.anyway}
            </Button>
          )}
          <span className={styles.code}>{words.code(refused.code, refused.name)}</span>
        </div>
      </Alert>
    )
  if (!refused || problems.length === 0)
    return (
      <div ref={box} tabIndex={-1}>
        <Problem error={error} title={words.not_saved}>
          {refused?.name === 'DNC' && typeof refused.list === 'string' && (
            <p>{words.dnc_list(refused.list)}</p>
          )}
        </Problem>
      </div>
    )
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      role="alert"
      color="red"
      className={styles.refusal}
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={words.problems(problems.length)}
    >
      <ul>
        {problems.map(({ key, detail }) => (
          <li key={key + detail}>
            <a
              href={`#${key}`}
              onClick={(event) => {
                event.preventDefault()
                document.getElementById(idOf(key))?.focus()
              }}
            >
              {labelOf(key, template)}
            </a>
            {words.says(sentence(detail))}
          </li>
        ))}
      </ul>
      <span className={styles.code}>{words.code(refused.code, refused.name)}</span>
    </Alert>
  )
}

/** The input that a part of the body comes from. */
const idOf = (key: string) => (key.startsWith('fields/') ? key : key.split('/')[0]!)

function labelOf(key: string, template: Template | undefined): string {
  const name = /^fields\/(.*)$/s.exec(key)?.[1]
  if (name !== undefined) return template?.fields.find((field) => field.name === name)?.label ?? name
  const [part = ''] = key.split('/')
  return part in words.labels ? words.labels[part as keyof typeof words.labels] : part
}

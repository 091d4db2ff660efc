// The steps of an import: those that are open are links.

import { Link } from '@tanstack/react-router'
import type { Import } from '../../../src/client/api.ts'
import { imports } from '../text/imports.ts'
import styles from './imports.module.css'
import { openSteps, STEPS, type Step } from './steps.ts'

const words = imports.steps

/** `found`: absent before the import has begun. */
export function Stepper({ current, found, asks }: { current: Step; found?: Import; asks?: boolean }) {
  const open = found ? openSteps({ ...found, asks }) : []
  const at = STEPS.indexOf(current)
  return (
    <nav className={styles.steps} aria-label={words.name}>
      <ol className="list">
        {STEPS.map((step, i) => {
          const inside = (
            <>
              <span className={styles.nth} aria-hidden>
                {i + 1}
              </span>
              {words[step]}
              {i < at && <span className="visually-hidden">{` ${words.done}`}</span>}
            </>
          )
          const state = i < at ? 'done' : i === at ? 'now' : 'later'
          return (
            <li key={step} data-state={state} aria-current={i === at ? 'step' : undefined}>
              {found && i !== at && open.includes(step) ? (
                <Link to="/imports/$id/{-$step}" params={{ id: String(found.import_id), step }}>
                  {inside}
                </Link>
              ) : (
                <span>{inside}</span>
              )}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

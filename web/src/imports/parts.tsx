// What the screens of imports share: states, bars, tiles, refusals.

import { Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import type { Import, RowTally } from '../../../src/client/api.ts'
import type { RowFate } from '../../../src/core/import.ts'
import { Refused } from '../api/client.ts'
import { Tag } from '../shell/parts.tsx'
import { Notice, Problem, ProblemDetails } from '../shell/problem.tsx'
import { problemsOf } from '../shell/value-problems.ts'
import { refusalOf } from '../text/import-rows.ts'
import { keysOf, imports as words } from '../text/imports.ts'
import { figure } from '../text/words.ts'
import styles from './imports.module.css'

type LinkProps = ComponentProps<'a'> & Pick<ButtonProps, 'size' | 'mt'>
export const LinkButton = createLink((props: LinkProps) => <Button {...props} component="a" />)
export const MainLink = createLink((props: LinkProps) => <Button {...props} component="a" variant="filled" />)

const ROW_FATES: readonly RowFate[] = keysOf(words.tiles.fates)

/** Before the first row. */
export const NO_ROWS: RowTally = {
  rows: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  moved: 0,
  held: 0,
  rejected: 0,
  counts: {},
}

const TONES: Partial<Record<Import['state'], 'warn' | 'good' | 'strong'>> = {
  unreadable: 'warn',
  paused: 'warn',
  done: 'good',
  running: 'strong',
  checking: 'strong',
  fixing: 'strong',
}

export const StateTag = ({ state }: Pick<Import, 'state'>) => (
  <Tag tone={TONES[state]}>{words.states[state]}</Tag>
)

interface ProgressProps {
  name: string
  done: number
  all: number
  /** How much is done, in words. */
  said: string
}

export const Progress = ({ name, done, all, said }: ProgressProps) => (
  <div
    className={styles.progress}
    role="progressbar"
    aria-label={name}
    aria-valuemin={0}
    aria-valuemax={Math.max(all, 1)}
    aria-valuenow={Math.min(done, all)}
    aria-valuetext={said}
  >
    <span style={{ width: `${all === 0 ? 0 : Math.min(100, (100 * done) / all)}%` }} />
  </div>
)

/** The rows that were handled, by what came of them, as a bar and in words. */
export function TallyBar({ tally, all }: { tally: RowTally; all: number }) {
  const there = ROW_FATES.filter((fate) => tally[fate] > 0)
  const rest = Math.max(0, all - tally.rows)
  return (
    <>
      <div className={styles.bar} aria-hidden>
        {there.map((fate) => (
          <span key={fate} data-fate={fate} style={{ flexGrow: tally[fate] }} />
        ))}
        {rest > 0 && <span data-fate="rest" style={{ flexGrow: rest }} />}
      </div>
      <ul className={`${styles.parts} list figures tiny`}>
        {there.map((fate) => (
          <li key={fate} data-fate={fate}>
            {`${figure(tally[fate])} ${words.tiles.fates[fate].toLowerCase()}`}
          </li>
        ))}
      </ul>
    </>
  )
}

export interface Shown {
  fate?: RowFate | 'pending'
  code?: number
}

interface Tile extends Shown {
  label: string
  n: number
}

/** What the rows come to: refused ones by their code. */
export function tilesOf(tally: RowTally, all: number, is_run: boolean): Tile[] {
  const { fates } = words.tiles
  const kept = ROW_FATES.filter((fate) => fate !== 'rejected' && tally[fate] > 0)
  const refused = Object.entries(tally.counts)
    .map(([code, n]) => ({ code: Number(code), n }))
    .filter(({ code }) => code !== 0 && refusalOf(code)?.name !== 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT')
    .toSorted((one, other) => other.n - one.n)
  const pending = Math.max(0, all - tally.rows)
  return [
    ...kept.map((fate) => ({ fate, label: fates[fate], n: tally[fate] })),
    ...refused.map(({ code, n }) => ({ code, label: refusalOf(code)?.tile ?? words.tiles.other(code), n })),
    ...(pending > 0
      ? [
          {
            fate: 'pending' as const,
            label: is_run ? words.tiles.waiting : words.tiles.pending,
            n: pending,
          },
        ]
      : []),
  ]
}

interface TilesProps {
  tally: RowTally
  all: number
  shown: Shown
  is_run?: boolean
  onShow: (shown: Shown) => void
}

/** Tiles that filter the rows below them. */
export function Tiles({ tally, all, shown, is_run = false, onShow }: TilesProps) {
  const tiles: Tile[] = [{ label: words.tiles.all, n: all }, ...tilesOf(tally, all, is_run)]
  return (
    <fieldset className={styles.tiles}>
      <legend className="visually-hidden">{words.tiles.name}</legend>
      {tiles.map(({ fate, code, label, n }) => (
        <button
          key={`${fate} ${code}`}
          type="button"
          className={styles.tile}
          data-tile
          data-fate={fate ?? (code === undefined ? undefined : 'rejected')}
          aria-pressed={fate === shown.fate && code === shown.code}
          onClick={() => onShow({ fate, code })}
        >
          <strong className="figures">{figure(n)}</strong>
          <span>{label}</span>
        </button>
      ))}
    </fieldset>
  )
}

/** For a focus whose row is gone: the tile that is chosen, or the first one where that has gone with its last row. */
export const focusTile = () =>
  (
    document.querySelector<HTMLElement>('[data-tile][aria-pressed="true"]') ??
    document.querySelector<HTMLElement>('[data-tile]')
  )?.focus()

/** Why something was refused: what the server says about a value is told as it is meant. */
export function Refusal({ error }: { error: unknown }) {
  const said = error instanceof Refused ? problemsOf(error.problem) : []
  if (said.length === 0) return <Problem error={error} />
  return (
    <Notice tone="bad" title={words.refused} maw={760}>
      {[...new Set(said.map(({ detail }) => detail))].map((detail) => (
        <p key={detail}>{detail}</p>
      ))}
      <div className="row" style={{ marginTop: 12 }}>
        <ProblemDetails error={error} />
      </div>
    </Notice>
  )
}

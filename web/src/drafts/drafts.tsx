// The drafts of the operator: what is typed and not saved yet, to go on with or to discard.

import { Button } from '@mantine/core'
import { Link, type LinkProps } from '@tanstack/react-router'
import { useState } from 'react'
import { leadName } from '../api/leads.ts'
import { type SetUp, templateOf, useSetUp } from '../api/set-up.ts'
import { discard, type Kept, keep } from '../kept.ts'
import type { Draft } from '../lead/draft.ts'
import type { NewLeadDraft } from '../lead/kept.ts'
import { labelOf } from '../lead/show.tsx'
import { isFilled } from '../new-lead/draft.ts'
import { Ago, announce } from '../shell/parts.tsx'
import { drafts as texts } from '../text/drafts.ts'
import { useDrafts } from './asked.ts'
import styles from './drafts.module.css'

const words = texts

interface Described {
  name: string
  /** Of the changed fields. */
  labels: string[]
  opens: Pick<LinkProps, 'to' | 'params'>
}

function describe({ kind, subject, value }: Kept, set_up: SetUp | undefined): Described {
  if (kind === 'new-lead') {
    const { allocation_id, values } = value as NewLeadDraft
    const allocation = set_up?.allocations.find((one) => one.allocation_id === allocation_id)
    const template = templateOf(set_up, allocation?.campaign_id)
    return {
      name: words.new_lead,
      labels: Object.entries(values)
        .filter(([, typed]) => isFilled(typed))
        .map(([path]) => labelOf(path, { template })),
      opens: { to: '/leads/new' },
    }
  }
  const conflict_id = /^conflict-(\d+)$/.exec(subject)?.[1]
  if (conflict_id !== undefined)
    return { name: words.conflict, labels: [], opens: { to: '/conflicts/$id', params: { id: conflict_id } } }
  const { base = {}, changes = {} } = kind === 'draft' ? (value as Draft) : {}
  const template = templateOf(set_up, Number(subject.split('-')[0]))
  const fields = Object.entries(base).flatMap(([path, value]) =>
    path.startsWith('fields.') && value !== null ? [[path.slice('fields.'.length), String(value)]] : [],
  )
  return {
    name: leadName({ id: subject, fields: Object.fromEntries(fields) }, template),
    labels: Object.keys(changes).map((path) => labelOf(path, { template })),
    opens: { to: '/leads/$id', params: { id: subject } },
  }
}

/** `onOpen`: a draft is opened. */
export function DraftList({ onOpen }: { onOpen: () => void }) {
  const set_up = useSetUp().data
  const drafts = useDrafts()
  const [gone, setGone] = useState<{ kept: Kept; name: string }>()
  const discardOne = (kept: Kept, name: string) => {
    discard(kept)
    setGone({ kept, name })
    announce(words.discarded(name))
  }
  return (
    <>
      {gone && (
        <p className={`${styles.gone} notice row`}>
          {words.discarded(gone.name)}
          <Button
            size="compact-sm"
            onClick={() => {
              keep(gone.kept)
              setGone(undefined)
            }}
          >
            {words.undo}
          </Button>
        </p>
      )}
      {drafts.length === 0 && <p className="dimmed">{words.none}</p>}
      <ul className={`${styles.drafts} list`}>
        {drafts.map((kept) => {
          const { name, labels, opens } = describe(kept, set_up)
          return (
            <li key={`${kept.kind}.${kept.subject}`}>
              <div>
                <Link
                  {...opens}
                  onClick={onOpen}
                  className={styles.name}
                  aria-label={words.open(name)}
                  dir="auto"
                >
                  {name}
                </Link>
                <p className="dimmed small">
                  {labels.join(', ')}
                  {labels.length > 0 && ' · '}
                  <Ago at={kept.at} />
                </p>
              </div>
              <Button size="xs" aria-label={words.discard_one(name)} onClick={() => discardOne(kept, name)}>
                {words.discard}
              </Button>
            </li>
          )
        })}
      </ul>
    </>
  )
}

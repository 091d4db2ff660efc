// The screen of an agent who calls without a dialler: the next lead, its outcome, the one after it.

import { Button } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import type { Allocation } from '../../../src/client/api.ts'
import { calledAllocations, type SetUp } from '../api/set-up.ts'
import type { InHand } from '../api/work.ts'
import { useDraft } from '../lead/kept.ts'
import { OpenLead } from '../lead/open-lead.tsx'
import { WithSetUp } from '../set-up/screen.tsx'
import { Loading, Page } from '../shell/page.tsx'
import { announce } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { createKeptStore, useStore } from '../store.ts'
import { work as words } from '../text/work.ts'
import { AtWork } from './at-work.tsx'
import { Looking, NoneStarted, Ready } from './between.tsx'
import { Choice } from './choice.tsx'
import { useNext } from './use-next.ts'
import styles from './work.module.css'

/** The allocation that was called last at this desk. */
const calledLast = createKeptStore<number | null>(
  'leadline.called-last',
  null,
  (value): value is number => typeof value === 'number',
)

export const WorkScreen = () => (
  <WithSetUp title={words.title}>{(set_up) => <Chosen set_up={set_up} />}</WithSetUp>
)

function Chosen({ set_up }: { set_up: SetUp }) {
  const asked = useSearch({ from: '/app/work' }).allocation_id
  const last = useStore(calledLast)
  const navigate = useNavigate({ from: '/work' })
  const called = calledAllocations(set_up)
  const started = called.filter((one) => one.started)
  const of = (id: number | null | undefined) => called.find(({ allocation_id }) => allocation_id === id)
  // A lead that is being called stays, whatever becomes of its allocation meanwhile.
  const [in_call, setInCall] = useState<Allocation | null>(null)
  const allocation = in_call ?? of(asked) ?? of(last) ?? started[0]
  if (!allocation) return <NoneStarted />
  const choose = (allocation_id: number) => {
    calledLast.set(allocation_id)
    void navigate({ search: { allocation_id }, replace: true })
  }
  return (
    <Working
      key={allocation.allocation_id}
      allocation={allocation}
      onHeld={(is_held) => {
        setInCall(is_held ? allocation : null)
        if (is_held) calledLast.set(allocation.allocation_id)
      }}
      choice={<Choice set_up={set_up} started={started} chosen={allocation} onChoose={choose} />}
    />
  )
}

interface WorkingProps {
  allocation: Allocation
  choice: React.ReactNode
  /** Whether there is a lead in hand. */
  onHeld: (is_held: boolean) => void
}

function Working({ allocation, choice, onHeld }: WorkingProps) {
  const { phase, look, rest } = useNext(allocation.allocation_id)
  const { kind } = phase
  const tell = useEffectEvent(onHeld)
  useEffect(() => tell(kind === 'held'), [kind])
  if (kind === 'held') return <Held key={phase.lease.lease_id} lease={phase.lease} look={look} rest={rest} />
  return (
    <Page title={words.title} width="page">
      <div className={styles.between}>
        {choice}
        {kind === 'opening' && <Loading />}
        {kind === 'resting' && <Ready onTake={look} />}
        {kind === 'looking' && (
          <Looking allocation={allocation} found_none={phase.found_none} onStop={rest} />
        )}
        {kind === 'refused' && <Problem error={phase.error} onRetry={look} />}
      </div>
    </Page>
  )
}

interface HeldProps {
  lease: InHand
  look: () => void
  rest: () => void
}

function Held({ lease, look, rest }: HeldProps) {
  const { lead_id } = lease
  const [draft] = useDraft(lead_id)
  // The screen before it has gone, and its focus with it.
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (shown) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  }, [shown])
  return (
    <OpenLead id={lead_id} title={words.title} editing={draft !== null} gone={<Deleted onNext={look} />}>
      {(lead, others) => (
        <AtWork
          lead={lead}
          others={others}
          lease={lease}
          look={look}
          rest={rest}
          onShown={() => {
            setShown(true)
            window.scrollTo({ top: 0 })
          }}
        />
      )}
    </OpenLead>
  )
}

function Deleted({ onNext }: { onNext: () => void }) {
  useEffect(() => announce(words.gone_title), [])
  return (
    <Page title={words.gone_title} document_title={[words.gone_title, words.title]} width="form">
      <p>{words.gone}</p>
      <Button variant="filled" mt={16} onClick={onNext}>
        {words.take}
      </Button>
    </Page>
  )
}

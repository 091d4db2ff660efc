// Where the leads of a file go, and what its rows may do.

import { NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Import, ImportChange } from '../../../src/client/api.ts'
import type { DuplicateWay, ImportMode } from '../../../src/core/import.ts'
import { client } from '../api/client.ts'
import { useStep } from '../api/imports.ts'
import { openAllocations, type SetUp } from '../api/set-up.ts'
import { OneOf } from '../shell/choices-field.tsx'
import { wrongIn } from '../shell/form-dialog.tsx'
import { Section } from '../shell/listing.tsx'
import { announce, typed } from '../shell/parts.tsx'
import { imports, keysOf } from '../text/imports.ts'
import { Busy } from './busy.tsx'
import { MainLink, Refusal } from './parts.tsx'

const words = imports.target

export interface Wishes {
  campaign_id?: number
  allocation_id?: number | null
  mode: ImportMode
  duplicates: DuplicateWay
}

/** What the server takes where nothing is said. */
export const usualWay = (mode: ImportMode): DuplicateWay => (mode === 'upsert' ? 'update' : 'reject')

export const campaignsToFill = (set_up: SetUp) =>
  set_up.campaigns.filter(({ archived_at }) => archived_at === null)

export const allocationsToFill = (set_up: SetUp, campaign_id: number | undefined) =>
  openAllocations(set_up).filter((one) => one.campaign_id === campaign_id)

interface TargetFieldsProps {
  set_up: SetUp
  wishes: Wishes
  /** The campaign of an import that has begun stays. */
  campaign_stays?: boolean
  wrong?: ReadonlyMap<string, string>
  onChange: (change: Partial<Wishes>) => void
}

export function TargetFields({ set_up, wishes, campaign_stays, wrong, onChange }: TargetFieldsProps) {
  const { campaign_id, allocation_id, mode, duplicates } = wishes
  const campaigns = campaign_stays ? set_up.campaigns : campaignsToFill(set_up)
  const allocations = allocationsToFill(set_up, campaign_id)
  const nothing = mode === 'update' ? words.no_allocation : words.choose
  const is_empty = campaign_id !== undefined && allocations.length === 0
  const is_gone = allocation_id != null && !allocations.some((one) => one.allocation_id === allocation_id)
  return (
    <div className="stack" style={{ maxWidth: 560 }}>
      <NativeSelect
        label={words.campaign}
        description={campaign_stays ? words.campaign_fixed : undefined}
        disabled={campaign_stays}
        value={String(campaign_id ?? '')}
        data={[
          ...(campaign_id === undefined ? [{ value: '', label: words.choose }] : []),
          ...campaigns.map((one) => ({ value: String(one.campaign_id), label: one.name })),
        ]}
        error={wrong?.get('campaign_id')}
        onChange={typed((value) => {
          const [only, other] = allocationsToFill(set_up, Number(value))
          onChange({ campaign_id: Number(value), allocation_id: other ? undefined : only?.allocation_id })
        })}
      />
      <NativeSelect
        label={words.allocation}
        description={is_empty && mode !== 'update' ? words.none_open : words.allocation_hint}
        value={String(allocation_id ?? '')}
        data={[
          ...(mode === 'update' || allocation_id == null ? [{ value: '', label: nothing }] : []),
          ...(is_gone ? [{ value: String(allocation_id), label: words.choose }] : []),
          ...allocations.map((one) => ({ value: String(one.allocation_id), label: one.name })),
        ]}
        error={wrong?.get('allocation_id')}
        onChange={typed((value) => onChange({ allocation_id: value === '' ? null : Number(value) }))}
      />
      <OneOf
        label={words.mode}
        choices={keysOf(words.modes).map((value) => ({
          value,
          label: words.modes[value][0],
          hint: words.modes[value][1],
        }))}
        value={mode}
        error={wrong?.get('mode')}
        onChange={(value) => onChange({ mode: value, duplicates: usualWay(value) })}
      />
      {mode !== 'update' && (
        <OneOf
          label={words.duplicates}
          choices={keysOf(words.ways).map((value) => ({
            value,
            label: words.ways[value][0],
            hint: words.ways[value][1],
          }))}
          value={duplicates}
          error={wrong?.get('duplicates')}
          onChange={(value) => onChange({ duplicates: value })}
        />
      )}
    </div>
  )
}

const SAID_BY_FIELDS = ['allocation_id', 'mode', 'duplicates']

/** Of an import that is there: each change is saved at once. */
export function TargetStep({ found, set_up }: { found: Import; set_up: SetUp }) {
  const { import_id, state } = found
  const step = useStep(import_id)
  const wrong = wrongIn(step.error)
  const save = (change: ImportChange) =>
    step.mutate(() => client.changeImport(import_id, change), { onSuccess: () => announce(words.saved) })
  const is_said = [...wrong.keys()].some((path) => SAID_BY_FIELDS.includes(path))
  return (
    <Section id="target" title={words.title}>
      {state === 'checking' || state === 'fixing' ? (
        <Busy found={found} />
      ) : (
        <TargetFields
          set_up={set_up}
          wishes={found}
          campaign_stays
          wrong={wrong}
          onChange={({ allocation_id, mode, duplicates }) =>
            save({
              ...(allocation_id !== undefined && { allocation_id }),
              ...(mode && { mode }),
              ...(duplicates && { duplicates }),
            })
          }
        />
      )}
      {step.error && !is_said && <Refusal error={step.error} />}
      <Onwards>
        <MainLink to="/imports/$id/{-$step}" params={{ id: String(import_id), step: 'file' }}>
          {imports.next.target}
        </MainLink>
      </Onwards>
    </Section>
  )
}

/** The buttons at the end of a step. */
export const Onwards = ({ children }: { children: ReactNode }) => (
  <div className="row" style={{ marginTop: 20 }}>
    {children}
  </div>
)

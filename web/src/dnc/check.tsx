// Whether a number may be called: the answer, what it rests on, and every entry that the number ever had.

import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { DncEvidence, DncNumber } from '../../../src/client/api.ts'
import { dncNumberQuery } from '../api/dnc.ts'
import { useSetUp } from '../api/set-up.ts'
import { listed } from '../lead/show.tsx'
import type { DncSearch } from '../search.ts'
import { wrongIn } from '../shell/form-dialog.tsx'
import { Section } from '../shell/listing.tsx'
import { Loading } from '../shell/page.tsx'
import { onSubmit, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { dnc } from '../text/dnc.ts'
import styles from './dnc.module.css'
import { Entries, useCampaignName, useNumberText } from './entries.tsx'

const words = dnc.check

interface CheckProps {
  search: DncSearch
  onRemove: (entry: DncEvidence) => void
}

export function Check({ search: { number, within }, onRemove }: CheckProps) {
  const navigate = useNavigate({ from: '/dnc' })
  const [text, setText] = useState(number ?? '')
  const campaigns = useSetUp().data?.campaigns ?? []
  const { data, error, isFetching, refetch } = useQuery({
    ...dncNumberQuery(number ?? '', within),
    enabled: number !== undefined,
  })
  const wrong = wrongIn(error).get('number')
  const ask = (change: DncSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <Section id="check" title={words.title} intro={words.intro}>
      <form
        className={`${styles.check} row`}
        onSubmit={onSubmit(() => {
          const wanted = text.trim()
          if (wanted === number) void refetch()
          else ask({ number: wanted || undefined })
        })}
      >
        <TextInput
          label={words.number}
          type="tel"
          autoComplete="off"
          data-1p-ignore
          autoFocus
          value={text}
          onChange={typed(setText)}
          error={wrong}
        />
        <NativeSelect
          label={words.campaign}
          value={String(within ?? '')}
          data={[
            { value: '', label: words.any_campaign },
            ...campaigns.map(({ campaign_id, name }) => ({ value: String(campaign_id), label: name })),
          ]}
          onChange={typed((value) => ask({ within: value === '' ? undefined : Number(value) }))}
        />
        <Button variant="filled" type="submit" loading={isFetching && number !== undefined}>
          {words.submit}
        </Button>
      </form>
      {error && wrong === undefined && <Problem error={error} onRetry={() => void refetch()} />}
      {number !== undefined && !error && (data ? <Verdict found={data} onRemove={onRemove} /> : <Loading />)}
    </Section>
  )
}

function Verdict({ found, onRemove }: { found: DncNumber; onRemove: CheckProps['onRemove'] }) {
  const number = useNumberText()(found.number, found.campaign_id)
  const campaignName = useCampaignName()
  return (
    <div className="stack">
      <div className="notice" data-tone={found.blocked ? 'bad' : 'good'} role="status">
        <strong>{found.blocked ? words.blocked_title(number) : words.free_title(number)}</strong>
        <div>{groundsOf(found, campaignName)}</div>
      </div>
      {found.entries.length > 0 && (
        <Entries
          name={words.entries(number)}
          asked={{ data: found.entries, error: null, refetch: () => undefined }}
          empty={null}
          onRemove={onRemove}
        />
      )}
    </div>
  )
}

/** Why, in a sentence. */
function groundsOf(
  { blocked_by, entries, campaign_id }: DncNumber,
  campaignName: (id: number) => string,
): string {
  if (blocked_by)
    return blocked_by.campaign_id === null
      ? words.blocked
      : words.blocked_in(campaignName(blocked_by.campaign_id))
  const standing = entries.filter((entry) => entry.standing)
  if (standing.some(({ list }) => list === 'client')) return words.despite
  const blocking = standing.flatMap((entry) => entry.campaign_id ?? [])
  if (campaign_id === null && blocking.length > 0)
    return words.except(listed([...new Set(blocking)].map(campaignName)))
  return entries.length > 0 ? words.past : words.never
}

// Numbers that must not be called: check one, read the lists, add and remove.

import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { DncEvidence } from '../../../src/client/api.ts'
import { DNC_LISTS } from '../../../src/core/result.ts'
import { dncListQuery } from '../api/dnc.ts'
import { useSetUp } from '../api/set-up.ts'
import { type DncSearch, ENTRIES } from '../search.ts'
import { More, Section, Tools } from '../shell/listing.tsx'
import { Page } from '../shell/page.tsx'
import { typed } from '../shell/parts.tsx'
import { dnc as words } from '../text/dnc.ts'
import { dncFiles } from '../text/dnc-files.ts'
import { Check } from './check.tsx'
import { Entries } from './entries.tsx'
import { Files } from './files.tsx'
import { ImportFile } from './import-file.tsx'
import { Numbers } from './numbers.tsx'
import { useDncRights } from './rights.ts'

type Open = { deed: 'add' | 'remove' | 'import'; entry?: DncEvidence }

export function DncScreen() {
  const search = useSearch({ from: '/app/dnc' })
  const rights = useDncRights()
  const [open, setOpen] = useState<Open | null>(null)
  const onRemove = (entry: DncEvidence) => setOpen({ deed: 'remove', entry })
  const importing = <Button onClick={() => setOpen({ deed: 'import' })}>{dncFiles.open}</Button>
  return (
    <Page
      title={words.title}
      width="page"
      actions={
        <>
          {rights.remove.length > 0 && (
            <Button onClick={() => setOpen({ deed: 'remove' })}>{words.remove}</Button>
          )}
          {rights.files.length > 0 && importing}
          <Button variant="filled" onClick={() => setOpen({ deed: 'add' })}>
            {words.add}
          </Button>
        </>
      }
    >
      <Check search={search} onRemove={onRemove} />
      <Lists search={search} onRemove={onRemove} onAdd={() => setOpen({ deed: 'add' })} />
      {rights.files.length > 0 && <Files action={importing} />}
      {open?.deed === 'import' && <ImportFile onClose={() => setOpen(null)} />}
      {open && open.deed !== 'import' && (
        <Numbers deed={open.deed} initial={open.entry} onClose={() => setOpen(null)} />
      )}
    </Page>
  )
}

interface ListsProps {
  search: DncSearch
  onRemove: (entry: DncEvidence) => void
  onAdd: () => void
}

function Lists({ search, onRemove, onAdd }: ListsProps) {
  const { list: said } = words
  const navigate = useNavigate({ from: '/dnc' })
  const campaigns = useSetUp().data?.campaigns ?? []
  const { data, error, refetch, ...paging } = useInfiniteQuery(dncListQuery(search))
  const set = (change: DncSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const { list, campaign_id, entries = 'counts' } = search
  const is_narrowed = list !== undefined || campaign_id !== undefined || entries === 'past'
  return (
    <Section id="lists" title={said.title} intro={said.intro}>
      <Tools label={said.filters}>
        <NativeSelect
          size="xs"
          label={said.list}
          value={list ?? ''}
          data={[
            { value: '', label: said.any_list },
            ...DNC_LISTS.map((value) => ({ value, label: words.lists[value] })),
          ]}
          onChange={typed((value) => set({ list: DNC_LISTS.find((one) => one === value) }))}
        />
        <NativeSelect
          size="xs"
          label={said.campaign}
          value={String(campaign_id ?? '')}
          data={[
            { value: '', label: said.any_campaign },
            ...campaigns.map((one) => ({ value: String(one.campaign_id), label: one.name })),
          ]}
          onChange={typed((value) => set({ campaign_id: value === '' ? undefined : Number(value) }))}
        />
        <NativeSelect
          size="xs"
          label={said.state}
          value={entries}
          data={ENTRIES.map((value) => ({ value, label: said.states[value] }))}
          onChange={typed((value) => set({ entries: ENTRIES.find((one) => one === value) }))}
        />
      </Tools>
      <Entries
        name={said.table}
        asked={{ data: data?.pages.flatMap(({ items }) => items), error, refetch }}
        empty={
          is_narrowed ? (
            said.nothing
          ) : (
            <>
              <p>{said.empty}</p>
              <div className="row">
                <Button onClick={onAdd}>{words.add}</Button>
              </div>
            </>
          )
        }
        onRemove={onRemove}
      />
      <More {...paging} />
    </Section>
  )
}

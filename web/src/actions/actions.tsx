// Actions, and what came of them.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLink, useSearch } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import { actionsQuery } from '../api/actions.ts'
import { Listing } from '../shell/listing.tsx'
import { Page } from '../shell/page.tsx'
import { Tag } from '../shell/parts.tsx'
import { actions as words } from '../text/actions.ts'
import { useWhatItDoes } from './names.ts'
import { Runs } from './runs.tsx'

const ButtonLink = createLink((props: ComponentProps<'a'>) => (
  <Button {...props} component="a" size="compact-xs" />
))
const MakeLink = createLink((props: ComponentProps<'a'>) => (
  <Button {...props} component="a" variant="filled" />
))

export function ActionsScreen() {
  const search = useSearch({ from: '/app/actions' })
  const asked = useQuery(actionsQuery)
  const whatItDoes = useWhatItDoes(asked.data ?? [])
  return (
    <Page title={words.title} width="page" actions={<MakeLink to="/actions/new">{words.make}</MakeLink>}>
      <p className="dimmed small" style={{ maxWidth: '76ch', marginBottom: 12 }}>
        {words.intro}
      </p>
      <div style={{ marginBottom: 32 }}>
        <Listing
          name={words.table}
          columns={words.columns}
          asked={asked}
          empty={
            <>
              <p>{words.empty}</p>
              <div className="row">
                <MakeLink to="/actions/new">{words.make}</MakeLink>
              </div>
            </>
          }
          keyOf={({ action_id }) => action_id}
          isPast={({ enabled }) => !enabled}
          cells={(action) => ({
            name: (
              <span className="row">
                {action.name}
                {!action.enabled && <Tag tone="warn">{words.off}</Tag>}
              </span>
            ),
            does: (
              <>
                {words.kinds[action.kind]}
                <div className="dimmed tiny">{whatItDoes(action)}</div>
              </>
            ),
            outcomes:
              [...new Set(action.dispositions.map(({ code }) => code))].join(', ') || words.no_outcome,
          })}
          deeds={({ action_id, name }) => (
            <>
              <ButtonLink to="/actions/$id" params={{ id: String(action_id) }} aria-label={words.open(name)}>
                {words.form.change}
              </ButtonLink>
              <ButtonLink
                to="/actions"
                search={{ action_id }}
                hash="runs"
                aria-label={words.runs_of_name(name)}
              >
                {words.runs_of}
              </ButtonLink>
            </>
          )}
        />
      </div>
      <Runs search={search} all={asked.data ?? []} />
    </Page>
  )
}

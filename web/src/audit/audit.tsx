// The audit log: every entry a sentence, with what changed from what to what.

import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { AuditEntry } from '../../../src/client/api.ts'
import { auditQuery } from '../api/audit.ts'
import { keysQuery } from '../api/keys.ts'
import { operatorsQuery } from '../api/people.ts'
import type { AuditSearch } from '../search.ts'
import { DateField } from '../shell/date-field.tsx'
import { Details } from '../shell/details.tsx'
import { Listing, More, Tools } from '../shell/listing.tsx'
import { Page } from '../shell/page.tsx'
import { AgoExactly, typed } from '../shell/parts.tsx'
import { audit as words } from '../text/audit.ts'
import { isStored } from '../text/dates.ts'
import styles from './audit.module.css'
import { type Names, subjectName } from './names.ts'
import { changesOf, sentenceOf } from './told.ts'
import { useNames } from './use-names.ts'

export function AuditScreen() {
  const search = useSearch({ from: '/app/audit' })
  const names = useNames()
  const { data, error, refetch, ...paging } = useInfiniteQuery(auditQuery(search))
  const is_narrowed = Object.values(search).some((value) => value !== undefined)
  return (
    <Page title={words.title} width="page">
      <p className="dimmed small" style={{ marginBottom: 12 }}>
        {words.intro}
      </p>
      <Filters search={search} names={names} />
      <Listing
        name={words.table}
        columns={words.columns}
        asked={{ data: data?.pages.flatMap(({ items }) => items), error, refetch }}
        empty={is_narrowed ? words.nothing : words.empty}
        keyOf={({ audit_id }) => audit_id}
        cells={(entry) => ({
          what: <What entry={entry} names={names} />,
          at: <AgoExactly at={entry.at} className={styles.at} />,
        })}
        deeds={({ action, subject, request_id, audit_id }) => (
          <Details
            about={`${words.details} ${audit_id}`}
            of={[
              [words.action, action],
              [words.subject, subject],
              [words.request, request_id],
            ]}
          />
        )}
      />
      <More {...paging} />
    </Page>
  )
}

function What({ entry, names }: { entry: AuditEntry; names: Names }) {
  const lead_id = /^lead:(\d+-\d+)$/.exec(entry.subject)?.[1]
  const said = sentenceOf(entry, names)
  const changes = changesOf(entry, names)
  return (
    <>
      {lead_id && entry.action !== 'lead.forget' ? (
        <Link to="/leads/$id/history" params={{ id: lead_id }}>
          {said}
        </Link>
      ) : (
        said
      )}
      {changes.length > 0 && (
        <ul className={`${styles.changes} list`}>
          {changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
      )}
    </>
  )
}

function Filters({ search, names }: { search: AuditSearch; names: Names }) {
  const { filters } = words
  const navigate = useNavigate({ from: '/audit' })
  const operators = useQuery(operatorsQuery).data ?? []
  const keys = useQuery(keysQuery).data ?? []
  const set = (change: AuditSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const day = (name: 'from' | 'to') => (
    <DateField
      size="xs"
      label={filters[name]}
      value={search[name] ?? null}
      onChange={(value) => {
        if (value === null || isStored(value)) set({ [name]: value ?? undefined })
      }}
    />
  )
  return (
    <Tools label={filters.label}>
      <NativeSelect
        size="xs"
        label={filters.who}
        value={search.actor ?? ''}
        onChange={typed((value) => set({ actor: value || undefined }))}
      >
        <option value="">{filters.anyone}</option>
        <option value="system">{words.system}</option>
        <optgroup label={filters.people}>
          {operators.map(({ operator_id, name }) => (
            <option key={operator_id} value={`operator:${operator_id}`}>
              {name}
            </option>
          ))}
        </optgroup>
        <optgroup label={filters.keys}>
          {keys.map(({ key_id, name }) => (
            <option key={key_id} value={`key:${key_id}`}>
              {name}
            </option>
          ))}
        </optgroup>
      </NativeSelect>
      <NativeSelect
        size="xs"
        label={filters.kind}
        value={search.kind ?? ''}
        data={[
          { value: '', label: filters.anything },
          ...Object.entries(words.kinds).map(([value, label]) => ({ value, label })),
        ]}
        onChange={typed((value) => set({ kind: value || undefined }))}
      />
      {day('from')}
      {day('to')}
      {search.subject && (
        <span className="small">
          {filters.subject(subjectName({ subject: search.subject, details: {} }, names))}
        </span>
      )}
      {Object.values(search).some((value) => value !== undefined) && (
        <Button size="xs" onClick={() => void navigate({ search: {}, replace: true })}>
          {filters.clear}
        </Button>
      )}
    </Tools>
  )
}

// API keys: what each may do, when it was last used, and when it ends.

import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiKey, MadeApiKey } from '../../../src/client/api.ts'
import { useNow } from '../api/clock.ts'
import { hasEnded, keysQuery, successorOf } from '../api/keys.ts'
import { Listing, Tools } from '../shell/listing.tsx'
import { Page } from '../shell/page.tsx'
import { Ago, Tag } from '../shell/parts.tsx'
import { keys as words } from '../text/keys.ts'
import { dayOf, dayWithYear } from '../text/times.ts'
import { lastDayOf } from './draft.ts'
import { Revocation, Rotation } from './end.tsx'
import { KeyForm } from './key-form.tsx'
import styles from './keys.module.css'
import { useAllocationName } from './names.ts'
import { Secret } from './secret.tsx'

type Open = { deed: 'make' } | { deed: 'change' | 'rotate' | 'revoke'; one: ApiKey }

export function KeysScreen() {
  const { ended } = useSearch({ from: '/app/keys' })
  const navigate = useNavigate({ from: '/keys' })
  const now = useNow()
  const { data, error, refetch } = useQuery(keysQuery)
  const [open, setOpen] = useState<Open | null>(null)
  const [made, setMade] = useState<MadeApiKey | null>(null)
  const close = () => setOpen(null)
  const make = () => setOpen({ deed: 'make' })
  const allocationName = useAllocationName()
  const shown = ended ? data : data?.filter((one) => !hasEnded(one, now))
  return (
    <Page
      title={words.title}
      width="page"
      actions={
        <Button variant="filled" onClick={make}>
          {words.make}
        </Button>
      }
    >
      <p className="dimmed small" style={{ maxWidth: '72ch', marginBottom: 12 }}>
        {words.intro}
      </p>
      <Tools label={words.filters}>
        <Checkbox
          label={words.show_ended}
          checked={ended ?? false}
          onChange={({ currentTarget: { checked } }) =>
            void navigate({ search: { ended: checked || undefined }, replace: true })
          }
        />
      </Tools>
      <Listing
        name={words.table}
        columns={words.columns}
        asked={{ data: shown?.toReversed(), error, refetch }}
        empty={
          <>
            <p>{data?.length === 0 ? words.empty : words.none_live}</p>
            <div className="row">
              <Button onClick={make}>{words.make}</Button>
            </div>
          </>
        }
        keyOf={({ key_id }) => key_id}
        isPast={(one) => hasEnded(one, now)}
        cells={(one) => ({
          name: <Name one={one} all={data ?? []} />,
          may: (
            <span className={styles.tags}>
              {one.scopes.map((scope) => (
                <Tag key={scope} tone={scope === 'admin' ? 'warn' : 'plain'} title={words.scope_hints[scope]}>
                  {words.scopes[scope]}
                </Tag>
              ))}
            </span>
          ),
          where:
            one.allocation_ids?.map(allocationName).join(', ') ?? (one.teams.join(', ') || words.every_team),
          used: one.last_used_at ? <Ago at={one.last_used_at} /> : words.never_used,
          ends: <Ends one={one} now={now} is_replaced={successorOf(one, data ?? [], now) !== undefined} />,
        })}
        deeds={(one) =>
          !hasEnded(one, now) &&
          (['change', 'rotate', 'revoke'] as const).map(
            (deed) =>
              // A key has one successor, which can be replaced in its turn.
              (deed !== 'rotate' || !successorOf(one, data ?? [], now)) && (
                <Button
                  key={deed}
                  size="compact-xs"
                  aria-label={words[`${deed}_of`](one.name)}
                  onClick={() => setOpen({ deed, one })}
                >
                  {words[deed]}
                </Button>
              ),
          )
        }
      />
      {(open?.deed === 'make' || open?.deed === 'change') && (
        <KeyForm one={open.deed === 'change' ? open.one : undefined} onClose={close} onMade={setMade} />
      )}
      {open?.deed === 'rotate' && <Rotation one={open.one} onClose={close} onMade={setMade} />}
      {open?.deed === 'revoke' && <Revocation one={open.one} onClose={close} />}
      {made && <Secret made={made} onClose={() => setMade(null)} />}
    </Page>
  )
}

function Name({ one, all }: { one: ApiKey; all: readonly ApiKey[] }) {
  const before = all.find(({ key_id }) => key_id === one.follows)
  return (
    <>
      {one.name}
      {before && <div className="dimmed tiny">{words.replaces(dayOf(before.created_at))}</div>}
      {one.former_scopes.length > 0 && (
        <div className="dimmed tiny">
          {words.lost(one.former_scopes.map((scope) => words.scopes[scope]).join(', '))}
        </div>
      )}
    </>
  )
}

function Ends({ one, now, is_replaced }: { one: ApiKey; now: number; is_replaced: boolean }) {
  const { revoked_at, expires_at } = one
  if (revoked_at) return words.revoked(dayOf(revoked_at))
  if (!expires_at) return words.never_ends
  if (hasEnded(one, now)) return words.ended(dayOf(expires_at))
  const day = dayWithYear(lastDayOf(expires_at))
  return (
    <span className="row">
      {words.ends(day)} {is_replaced && <Tag tone="warn">{words.replaced}</Tag>}
    </span>
  )
}

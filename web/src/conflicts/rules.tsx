// What settles conflicts besides people, what was decided for many, and how often each sender conflicts.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ConflictRule } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { bulkQuery, conflictsChanged, figuresQuery, rulesQuery } from '../api/inbox.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { actorName, listed } from '../lead/show.tsx'
import { Back, Loading, Page } from '../shell/page.tsx'
import { Ago, Tag } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { conflict_rules } from '../text/conflict-rules.ts'
import { many } from '../text/many.ts'
import { age, exactly, lasted } from '../text/times.ts'
import { figure } from '../text/words.ts'
import styles from './conflicts.module.css'
import { UndoMany } from './many.tsx'
import { senderName, sideName, useGroupNames, useKindName } from './names.ts'

const { rules: words, past, figures } = conflict_rules

export const RulesScreen = () => (
  <Page title={words.title} back={<Back to="/conflicts">{words.back}</Back>}>
    <Rules />
    <Past />
    <Figures />
  </Page>
)

interface SectionProps<Row> {
  id: string
  title: string
  intro: string
  empty: string
  asked: { data: readonly Row[] | undefined; error: Error | null; refetch: () => unknown }
  table: string
  columns: Readonly<Record<string, string>>
  children: (row: Row) => ReactNode
}

function Section<Row>({ id, title, intro, empty, asked, table, columns, children }: SectionProps<Row>) {
  const { data, error, refetch } = asked
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className={`${styles.intro} dimmed small`}>{intro}</p>
      {error && !data && <Problem error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Loading />}
      {data?.length === 0 && <p className={`${styles.empty} dimmed`}>{empty}</p>}
      {data && data.length > 0 && (
        <div className={`${styles.frame} frame`}>
          <table className={`${styles.table} ${styles.plain} table`}>
            <caption className="visually-hidden">{table}</caption>
            <thead>
              <tr>
                {Object.entries(columns).map(([name, column]) => (
                  <th key={name} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{data.map(children)}</tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Rules() {
  const asked = useQuery(rulesQuery)
  return (
    <Section
      id="rules"
      title={words.name}
      intro={words.intro}
      empty={words.empty}
      asked={asked}
      table={words.table}
      columns={words.columns}
    >
      {(rule) => <Rule key={rule.rule_id} rule={rule} />}
    </Section>
  )
}

function Rule({ rule }: { rule: ConflictRule }) {
  const may = hasRole(useOperator(), 'manager')
  const now = useNow()
  const groupNames = useGroupNames()
  const says = words.says(senderName(rule), groupNames(rule.template_id, rule.groups), rule.side)
  const revoke = useMutation({
    mutationFn: () => must(client.revokeConflictRule(rule.rule_id)),
    onSuccess: () => toast(words.revoked_done),
    onSettled: conflictsChanged,
  })
  const by = (actor: string, actor_name: string | null) => actorName({ actor, actor_name })
  return (
    <tr>
      <th scope="row">
        {says}
        <div className="dimmed tiny">{words.why(rule.template, rule.reason)}</div>
      </th>
      <td>
        <span className="figures">{figure(rule.settled)}</span>{' '}
        {rule.last_settled_at && (
          <span className="dimmed tiny">{words.last(age(rule.last_settled_at, now))}</span>
        )}
      </td>
      <td>
        {by(rule.made_by, rule.made_by_name)}{' '}
        <span className="dimmed tiny">
          <Ago at={rule.made_at} />
        </span>
      </td>
      <td>
        <span className="row">
          <Tag tone={rule.in_force ? 'good' : 'plain'}>
            {rule.in_force
              ? words.in_force
              : rule.revoked_by
                ? words.revoked(by(rule.revoked_by, rule.revoked_by_name))
                : words.ended}
          </Tag>
          {rule.in_force && rule.until && (
            <span className="dimmed tiny">{words.until(exactly(rule.until))}</span>
          )}
          {rule.in_force && may && (
            <Button
              size="compact-xs"
              aria-label={words.revoke_of(says)}
              loading={revoke.isPending}
              onClick={() => revoke.mutate()}
            >
              {words.revoke}
            </Button>
          )}
        </span>
        {revoke.error && <Problem error={revoke.error} />}
      </td>
    </tr>
  )
}

function Past() {
  const asked = useQuery(bulkQuery)
  const kindName = useKindName()
  const { data: kinds } = asked
  // Its groups are named by the template that has them; which one it is does not matter for a name.
  const nameOf = ({ caller, caller_name, groups, decisions }: NonNullable<typeof kinds>[number]) =>
    caller && groups
      ? past.what(
          kindName({ caller, caller_name, groups, template_id: 0 }),
          [...new Set(Object.values(decisions).map(sideName))].join(', '),
        )
      : past.mixed
  return (
    <Section
      id="past"
      title={past.name}
      intro={past.intro}
      empty={past.empty}
      asked={asked}
      table={past.table}
      columns={past.columns}
    >
      {(decision) => (
        <tr key={decision.bulk_id}>
          <th scope="row">{nameOf(decision)}</th>
          <td className="figures">{figure(decision.settled)}</td>
          <td>
            <Ago at={decision.made_at} />
          </td>
          <td>
            <UndoMany
              bulk_id={decision.bulk_id}
              settled={decision.settled}
              label={`${many.undo(decision.settled)}: ${nameOf(decision)}`}
            />
          </td>
        </tr>
      )}
    </Section>
  )
}

function Figures() {
  const { data, error, refetch } = useQuery(figuresQuery)
  const groupNames = useGroupNames()
  const days = data?.days ?? 30
  return (
    <Section
      id="figures"
      title={figures.name(days)}
      intro={figures.intro}
      empty={figures.empty(days)}
      asked={{ data: data?.items, error, refetch }}
      table={figures.table}
      columns={figures.columns}
    >
      {({ held, merged, median_s, top_groups, ...sender }) => (
        <tr key={sender.caller}>
          <th scope="row">{senderName(sender)}</th>
          <td className="figures">{(held / days).toFixed(1)}</td>
          <td className="figures">{figures.share(merged / (merged + held))}</td>
          <td className="figures">{median_s === null ? figures.unknown : lasted(median_s)}</td>
          <td>
            {listed(
              top_groups.map((top) => figures.field(groupNames(top.template_id, [top.group]), top.held)),
            )}
          </td>
        </tr>
      )}
    </Section>
  )
}

// What the inbox shows: by state, sender, fields, campaign, and who has it. All of it is in the address.

import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { assigneesQuery, kindsQuery } from '../api/inbox.ts'
import { useOperator } from '../api/session.ts'
import { useSetUp } from '../api/set-up.ts'
import { CONFLICT_STATES, type ConflictSearch } from '../search.ts'
import { typed } from '../shell/parts.tsx'
import { conflicts as words } from '../text/conflicts.ts'
import styles from './conflicts.module.css'
import { labelOfGroup, senderName } from './names.ts'

interface Choice {
  value: string
  label: string
}

/** Each value once, by its label. */
const distinct = (choices: readonly Choice[]): Choice[] =>
  [...new Map(choices.map((choice) => [choice.value, choice])).values()].sort((one, other) =>
    one.label.localeCompare(other.label),
  )

export function Filters({ search }: { search: ConflictSearch }) {
  const navigate = useNavigate({ from: '/conflicts' })
  const { filters } = words
  const { operator_id } = useOperator()
  // All there is to choose from, whatever is chosen.
  const kinds = useQuery(kindsQuery({})).data?.items ?? []
  const { data: set_up } = useSetUp()
  const others = useQuery(assigneesQuery).data?.filter((one) => one.operator_id !== operator_id) ?? []
  const template = (id: number) => set_up?.templates.find(({ template_id }) => template_id === id)
  const set = (change: ConflictSearch) =>
    void navigate({ search: (before) => ({ ...before, kind: undefined, ...change }), replace: true })
  const one = <Key extends keyof ConflictSearch>(name: Key, label: string, choices: readonly Choice[]) => (
    <NativeSelect
      size="xs"
      label={label}
      value={String(search[name] ?? '')}
      data={[{ value: '', label: filters.any }, ...choices]}
      onChange={typed((value) => set({ [name]: value === '' ? undefined : value } as ConflictSearch))}
    />
  )
  const { state: _, kind: __, ...narrowing } = search
  const is_narrowed = Object.values(narrowing).some((value) => value !== undefined)
  return (
    <search className={`${styles.tools} row`} aria-label={filters.label}>
      <NativeSelect
        size="xs"
        label={filters.state}
        value={search.state ?? 'open'}
        data={CONFLICT_STATES.map((value) => ({ value, label: words.states[value] }))}
        onChange={typed((value) => set({ state: CONFLICT_STATES.find((each) => each === value) }))}
      />
      {one(
        'caller',
        filters.sender,
        distinct(kinds.map((kind) => ({ value: kind.caller, label: senderName(kind) }))),
      )}
      {one(
        'group',
        filters.fields,
        distinct(
          kinds.flatMap(({ groups, template_id }) =>
            groups.map((group) => ({ value: group, label: labelOfGroup(group, template(template_id)) })),
          ),
        ),
      )}
      {one(
        'campaign_id',
        filters.campaign,
        (set_up?.campaigns ?? []).map(({ campaign_id, name }) => ({
          value: String(campaign_id),
          label: name,
        })),
      )}
      {one('assigned', filters.assigned, [
        { value: 'me', label: filters.me },
        { value: 'nobody', label: filters.nobody },
        ...others.map(({ name, ...other }) => ({ value: String(other.operator_id), label: name })),
      ])}
      {(search.state ?? 'open') === 'open' &&
        one('clashing', filters.clashing, [
          { value: 'yes', label: filters.still },
          { value: 'no', label: filters.no_longer },
        ])}
      {is_narrowed && (
        <Button
          size="xs"
          onClick={() => void navigate({ search: ({ state }) => ({ state }), replace: true })}
        >
          {filters.clear}
        </Button>
      )}
    </search>
  )
}

// The fields of an action, by its kind.

import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { URL_METHODS } from '../../../src/core/action.ts'
import { CONDITION_OPS } from '../../../src/core/action-condition.ts'
import { SYSTEM_VALUES } from '../../../src/core/action-template.ts'
import { actionsQuery } from '../api/actions.ts'
import { openAllocations, useSetUp } from '../api/set-up.ts'
import { useAllocationName } from '../keys/names.ts'
import { OneOf } from '../shell/choices-field.tsx'
import { typed } from '../shell/parts.tsx'
import { actions } from '../text/actions.ts'
import { type ActionDraft, isAlone } from './draft.ts'
import {
  type LastPlace,
  Placeholders,
  takesPlaceholders,
  useFieldNames,
  useLastPlace,
} from './placeholders.tsx'

const words = actions.form

interface ConfigProps {
  draft: ActionDraft
  set: (change: Partial<ActionDraft>) => void
  wrong: ReadonlyMap<string, string>
  /** The action itself, which cannot start itself. */
  own_id?: number
}

export function Config(props: ConfigProps) {
  switch (props.draft.kind) {
    case 'url':
      return <Url {...props} />
    case 'email':
      return <Email {...props} />
    case 'copy':
      return <Copy {...props} />
    case 'dnc':
      return (
        <OneOf
          label={words.list}
          choices={(['private', 'campaign'] as const).map((value) => ({ value, label: words.lists[value] }))}
          value={props.draft.list}
          onChange={(list) => props.set({ list })}
        />
      )
    case 'conditional':
      return <Conditional {...props} />
    case 'nth_attempt':
      return <NthAttempt {...props} />
    default:
      return props.draft.kind satisfies never
  }
}

type TextName = 'url' | 'headers' | 'body' | 'to' | 'cc' | 'bcc' | 'from' | 'subject' | 'text' | 'html'

/** For an input with placeholders. */
const asTemplate = ({ draft, set, wrong }: ConfigProps, last: LastPlace, name: TextName) => ({
  ...takesPlaceholders(last, (value) => set({ [name]: value })),
  label: words[name],
  value: draft[name],
  onChange: typed((value) => set({ [name]: value })),
  error: wrong.get(`config.${name}`),
  spellCheck: false,
  autoComplete: 'off',
})

function Url(props: ConfigProps) {
  const { draft, set } = props
  const last = useLastPlace()
  return (
    <>
      <NativeSelect
        label={words.method}
        value={draft.method}
        data={[...URL_METHODS]}
        onChange={typed((value) => set({ method: URL_METHODS.find((one) => one === value) ?? 'POST' }))}
      />
      <TextInput {...asTemplate(props, last, 'url')} description={words.url_hint} />
      <Textarea {...asTemplate(props, last, 'headers')} description={words.headers_hint} rows={3} />
      {draft.method !== 'GET' && (
        <Textarea {...asTemplate(props, last, 'body')} description={words.body_hint} rows={8} />
      )}
      <Placeholders last={last} />
    </>
  )
}

function Email(props: ConfigProps) {
  const last = useLastPlace()
  return (
    <>
      <TextInput {...asTemplate(props, last, 'to')} />
      <TextInput {...asTemplate(props, last, 'cc')} />
      <TextInput {...asTemplate(props, last, 'bcc')} />
      <TextInput {...asTemplate(props, last, 'from')} description={words.from_hint} />
      <TextInput {...asTemplate(props, last, 'subject')} />
      <Textarea {...asTemplate(props, last, 'text')} rows={6} />
      <Textarea {...asTemplate(props, last, 'html')} rows={4} />
      <Placeholders last={last} />
    </>
  )
}

function Copy({ draft, set, wrong }: ConfigProps) {
  const set_up = useSetUp().data
  const allocationName = useAllocationName()
  return (
    <>
      <NativeSelect
        label={words.allocation}
        value={String(draft.allocation_id ?? '')}
        data={[
          { value: '', label: words.choose_placeholder },
          ...(set_up ? openAllocations(set_up) : []).map(({ allocation_id }) => ({
            value: String(allocation_id),
            label: allocationName(allocation_id),
          })),
        ]}
        onChange={typed((value) => set({ allocation_id: value === '' ? null : Number(value) }))}
        error={wrong.get('config.allocation_id')}
      />
      <Checkbox
        label={words.allow_duplicates}
        checked={draft.allow_duplicates}
        onChange={({ currentTarget }) => set({ allow_duplicates: currentTarget.checked })}
      />
    </>
  )
}

function Conditional({ draft, set, wrong, own_id }: ConfigProps) {
  const names = useFieldNames()
  return (
    <>
      <NativeSelect
        label={words.field}
        value={draft.field}
        onChange={typed((field) => set({ field }))}
        error={wrong.get('config.condition')}
      >
        <option value="">{words.choose_placeholder}</option>
        <optgroup label={words.fields_group}>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </optgroup>
        <optgroup label={words.values_group}>
          {SYSTEM_VALUES.map((name) => (
            <option key={name} value={name}>
              {actions.system_values[name]}
            </option>
          ))}
        </optgroup>
      </NativeSelect>
      <NativeSelect
        label={words.op}
        value={draft.op}
        data={CONDITION_OPS.map((value) => ({ value, label: words.ops[value] }))}
        onChange={typed((value) => set({ op: CONDITION_OPS.find((one) => one === value) ?? 'equals' }))}
      />
      {!isAlone(draft.op) && (
        <TextInput label={words.value} value={draft.value} onChange={typed((value) => set({ value }))} />
      )}
      <Follower
        label={words.next}
        none={words.choose_placeholder}
        own_id={own_id}
        value={draft.then_action_id}
        onChange={(then_action_id) => set({ then_action_id })}
        error={wrong.get('config.then_action_id')}
      />
      <Follower
        label={words.otherwise}
        none={words.nothing}
        own_id={own_id}
        value={draft.else_action_id}
        onChange={(else_action_id) => set({ else_action_id })}
        error={wrong.get('config.else_action_id')}
      />
    </>
  )
}

const NthAttempt = ({ draft, set, wrong, own_id }: ConfigProps) => (
  <>
    <TextInput
      label={words.attempt}
      description={words.attempt_hint}
      inputMode="numeric"
      value={draft.attempt}
      onChange={typed((attempt) => set({ attempt }))}
      error={wrong.get('config.attempt')}
    />
    <Follower
      label={words.next}
      none={words.choose_placeholder}
      own_id={own_id}
      value={draft.then_action_id}
      onChange={(then_action_id) => set({ then_action_id })}
      error={wrong.get('config.then_action_id')}
    />
  </>
)

interface FollowerProps {
  label: string
  none: string
  own_id: number | undefined
  value: number | null
  onChange: (action_id: number | null) => void
  error: string | undefined
}

/** The action that comes next. */
function Follower({ label, none, own_id, value, onChange, error }: FollowerProps) {
  const all = useQuery(actionsQuery).data ?? []
  return (
    <NativeSelect
      label={label}
      value={String(value ?? '')}
      data={[
        { value: '', label: none },
        ...all
          .filter(({ action_id }) => action_id !== own_id)
          .map(({ action_id, name }) => ({ value: String(action_id), label: name })),
      ]}
      onChange={typed((chosen) => onChange(chosen === '' ? null : Number(chosen)))}
      error={error}
    />
  )
}

// The fields of a template: moved by dragging, by buttons or by keys, changed one by one, retired and taken back.

import { ActionIcon, Button } from '@mantine/core'
import IconArrowDown from '@tabler/icons-react/icons/IconArrowDown'
import IconArrowUp from '@tabler/icons-react/icons/IconArrowUp'
import IconGripVertical from '@tabler/icons-react/icons/IconGripVertical'
import { useMutation } from '@tanstack/react-query'
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import type { Template, TemplateField } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { newSetUp } from '../api/set-up.ts'
import { isStale } from '../set-up/editing.ts'
import { Refusal } from '../set-up/refusal.tsx'
import shared from '../set-up/set-up.module.css'
import { announce, Tag } from '../shell/parts.tsx'
import { toast } from '../shell/toast.tsx'
import { set_up as common } from '../text/set-up.ts'
import { template as text } from '../text/template.ts'
import { EditField } from './edit-field.tsx'
import { NewField } from './new-field.tsx'
import styles from './template.module.css'

const words = text.fields

interface FieldsProps {
  template: Template
  /** The names of the live fields. */
  order: readonly string[]
  fixed: boolean
  onOrder: (order: string[]) => void
  /** A field has been added, changed, retired or taken back. */
  onChanged: () => void
}

export function Fields({ template, order, fixed, onOrder, onChanged }: FieldsProps) {
  const [adding, setAdding] = useState(false)
  const [changing, setChanging] = useState<string | null>(null)
  const [dragged, setDragged] = useState<string | null>(null)
  const list = useRef<HTMLOListElement>(null)
  /** A row that moves loses the focus. */
  const focus = useRef<string | null>(null)
  useLayoutEffect(() => {
    if (focus.current === null) return
    const buttons = list.current?.querySelectorAll<HTMLButtonElement>(
      `[data-move="${CSS.escape(focus.current)}"]`,
    )
    focus.current = null
    const there = [...(buttons ?? [])]
    const same = there.find((button) => button.dataset.way === way.current)
    ;(same?.disabled === false ? same : there.find(({ disabled }) => !disabled))?.focus()
  })
  const way = useRef<string>('up')

  const fieldOf = (name: string) => template.fields.find((field) => field.name === name)
  const live = order.flatMap((name) => fieldOf(name) ?? [])
  const retired = template.fields.filter((field) => field.retired)
  const moveTo = (name: string, place: number) => {
    const from = order.indexOf(name)
    if (from < 0 || place < 0 || place >= order.length || place === from) return
    onOrder(order.filter((one) => one !== name).toSpliced(place, 0, name))
    announce(words.moved(fieldOf(name)?.label ?? name, place + 1, order.length))
  }
  const move = (name: string, by: 1 | -1) => {
    focus.current = name
    way.current = by < 0 ? 'up' : 'down'
    moveTo(name, order.indexOf(name) + by)
  }
  const onKeyDown = (name: string) => (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(name, event.key === 'ArrowUp' ? -1 : 1)
  }
  const changed = changing === null ? undefined : fieldOf(changing)
  return (
    <section className={shared.section} aria-labelledby="fields">
      <div className={`${shared.head} row`}>
        <h2 id="fields">{words.title}</h2>
        {!fixed && (
          <Button size="compact-md" onClick={() => setAdding(true)}>
            {words.add}
          </Button>
        )}
      </div>
      <p className={`${shared.intro} dimmed small`}>
        {words.intro} {!fixed && words.key}
      </p>
      <ol ref={list} className={`${shared.list} list`} aria-label={words.table}>
        {live.map((field, i) => (
          <li
            key={field.name}
            className={styles.field}
            data-dragged={dragged === field.name || undefined}
            onKeyDown={fixed ? undefined : onKeyDown(field.name)}
            onDragOver={(event) => {
              if (dragged === null) return
              event.preventDefault()
              if (dragged !== field.name) moveTo(dragged, i)
            }}
            onDrop={(event) => event.preventDefault()}
          >
            {!fixed && (
              <span className={styles.moves}>
                <span
                  className={styles.grip}
                  title={words.drag}
                  draggable
                  aria-hidden
                  onDragStart={(event) => {
                    event.dataTransfer.effectAllowed = 'move'
                    event.dataTransfer.setData('text/plain', field.name)
                    setDragged(field.name)
                  }}
                  onDragEnd={() => setDragged(null)}
                >
                  <IconGripVertical size={16} />
                </span>
                <Move
                  name={field.name}
                  way="up"
                  label={words.up_of(field.label)}
                  off={i === 0}
                  run={() => move(field.name, -1)}
                />
                <Move
                  name={field.name}
                  way="down"
                  label={words.down_of(field.label)}
                  off={i === live.length - 1}
                  run={() => move(field.name, 1)}
                />
              </span>
            )}
            <What field={field} />
            {!fixed && (
              <Button
                size="compact-sm"
                className={shared.end}
                aria-label={words.change_of(field.label)}
                onClick={() => setChanging(field.name)}
              >
                {words.change}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {retired.length > 0 && (
        <Retired template={template} fields={retired} fixed={fixed} onChanged={onChanged} />
      )}
      {adding && <NewField template={template} onChanged={onChanged} onClose={() => setAdding(false)} />}
      {changed && (
        <EditField
          template={template}
          field={changed}
          onChanged={onChanged}
          onClose={() => setChanging(null)}
        />
      )}
    </section>
  )
}

interface MoveProps {
  name: string
  way: 'up' | 'down'
  label: string
  off: boolean
  run: () => void
}

const Move = ({ name, way, label, off, run }: MoveProps) => (
  <ActionIcon size={28} data-move={name} data-way={way} aria-label={label} disabled={off} onClick={run}>
    {way === 'up' ? <IconArrowUp size={16} /> : <IconArrowDown size={16} />}
  </ActionIcon>
)

const What = ({ field: { name, label, kind, aliases, merge_group } }: { field: TemplateField }) => (
  <span className={styles.what}>
    <span className={shared.name}>{label}</span>
    <span className="dimmed small">{words.kinds[kind]}</span>
    {(label !== name || aliases.length > 0) && (
      <span className="dimmed tiny">{words.as([name, ...aliases].join(', '))}</span>
    )}
    {merge_group && <Tag>{words.group(merge_group)}</Tag>}
  </span>
)

interface RetiredProps {
  template: Template
  fields: TemplateField[]
  fixed: boolean
  onChanged: () => void
}

function Retired({ template, fields, fixed, onChanged }: RetiredProps) {
  const take_back = useMutation({
    mutationFn: ({ name }: TemplateField) =>
      must(client.changeField(template.template_id, name, { retired: false }, {}, template.version)),
    onSuccess: async (_, { label }) => {
      await newSetUp()
      onChanged()
      toast(words.taken_back(label))
    },
    onError: async (error, { label }) => {
      await newSetUp()
      if (isStale(error)) toast(common.moved(label))
    },
    onSettled: () => {
      sent.current = false
    },
  })
  // The template is another one as soon as the field is back: a second click would be refused.
  const sent = useRef(false)
  const takeBack = (field: TemplateField) => {
    if (sent.current) return
    sent.current = true
    take_back.mutate(field)
  }
  return (
    <div className={styles.retired}>
      <h3>{words.retired}</h3>
      <p className="dimmed small">{words.retired_intro}</p>
      {take_back.error && !isStale(take_back.error) && <Refusal error={take_back.error} />}
      <ul className={`${shared.list} list`}>
        {fields.map((field) => (
          <li key={field.name}>
            <What field={field} />
            {!fixed && (
              <Button
                size="compact-sm"
                className={shared.end}
                aria-label={words.take_back_of(field.label)}
                onClick={() => takeBack(field)}
              >
                {words.take_back}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

// Which actions an outcome starts, and in which order.

import '../text/set-up-problems.ts'
import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import IconArrowUp from '@tabler/icons-react/icons/IconArrowUp'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { actionsChanged, actionsQuery, freshActionsOf, type OutcomeActions } from '../api/actions.ts'
import { client, must } from '../api/client.ts'
import { newSetUp } from '../api/set-up.ts'
import { isSame } from '../set-up/differences.ts'
import shared from '../set-up/set-up.module.css'
import { FormDialog, isStale } from '../shell/form-dialog.tsx'
import { Modal } from '../shell/modal.tsx'
import { Loading } from '../shell/page.tsx'
import { announce, Tag, typed } from '../shell/parts.tsx'
import { Notice, Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { actions } from '../text/actions.ts'
import { outcomes } from '../text/outcomes.ts'

const words = outcomes.actions

interface ActionsOfProps {
  set_id: number
  code: string
  onClose: () => void
}

export function ActionsOf(props: ActionsOfProps) {
  const { set_id, code, onClose } = props
  const { data, error, refetch } = useQuery({
    queryKey: ['actions', 'of', set_id, code],
    queryFn: () => freshActionsOf(set_id, code),
    gcTime: 0,
  })
  if (data) return <Chooser {...props} before={data} />
  return (
    <Modal opened onClose={onClose} title={words.title(code)} centered>
      {error ? <Problem error={error} onRetry={() => void refetch()} /> : <Loading />}
    </Modal>
  )
}

const idsOf = ({ items }: OutcomeActions) => items.map(({ action_id }) => action_id)

function Chooser({ set_id, code, onClose, ...read }: ActionsOfProps & { before: OutcomeActions }) {
  const all = useQuery(actionsQuery).data ?? []
  const [before, setBefore] = useState(read.before)
  const [chosen, setChosen] = useState(() => idsOf(read.before))
  const [adding, setAdding] = useState('')
  const select = useRef<HTMLSelectElement>(null)
  const saving = useMutation({
    mutationFn: () =>
      must(client.changeDispositionActions(set_id, code, { action_ids: chosen }, {}, before.version)),
    onSuccess: async () => {
      await newSetUp()
      void actionsChanged()
      onClose()
      toast(words.saved(code))
    },
    onError: async (error) => {
      if (isStale(error)) setBefore(await freshActionsOf(set_id, code))
    },
  })
  const known = [...before.items, ...read.before.items, ...all]
  const nameOf = (id: number) => known.find(({ action_id }) => action_id === id)?.name ?? String(id)
  const others = all.filter(({ action_id }) => !chosen.includes(action_id))
  const moveUp = (i: number) => {
    if (i === 0) return
    setChosen(chosen.with(i - 1, chosen[i]!).with(i, chosen[i - 1]!))
    announce(words.moved(nameOf(chosen[i]!), i, chosen.length))
  }
  return (
    <FormDialog
      title={words.title(code)}
      submit={words.save}
      saving={saving}
      can={!isSame(chosen, idsOf(before))}
      onSend={() => saving.mutate()}
      onClose={onClose}
    >
      {isStale(saving.error) && (
        <Notice tone="warn">{words.meanwhile(before.items.map(({ name }) => name).join(', '))}</Notice>
      )}
      {chosen.length === 0 ? (
        <p className="dimmed">{words.none}</p>
      ) : (
        <ol className={`${shared.list} list`} aria-label={words.list}>
          {chosen.map((id, i) => (
            <li key={id}>
              {/* A button that is disabled would lose the focus. */}
              <ActionIcon
                size={28}
                aria-label={words.up_of(nameOf(id))}
                aria-disabled={i === 0}
                data-disabled={i === 0 || undefined}
                onClick={() => moveUp(i)}
              >
                <IconArrowUp size={16} aria-hidden />
              </ActionIcon>
              <span className={shared.name}>{nameOf(id)}</span>
              {known.find(({ action_id }) => action_id === id)?.enabled === false && (
                <Tag tone="warn">{actions.off}</Tag>
              )}
              <Button
                size="compact-sm"
                className={shared.end}
                aria-label={words.remove_of(nameOf(id))}
                onClick={() => {
                  setChosen(chosen.filter((one) => one !== id))
                  select.current?.focus()
                }}
              >
                {words.remove}
              </Button>
            </li>
          ))}
        </ol>
      )}
      {all.length === 0 ? (
        <Link to="/actions/new">{actions.make}</Link>
      ) : (
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <NativeSelect
            ref={select}
            data-autofocus
            label={words.add_label}
            value={adding}
            data={[
              { value: '', label: words.choose },
              ...others.map(({ action_id, name }) => ({ value: String(action_id), label: name })),
            ]}
            onChange={typed(setAdding)}
          />
          <Button
            disabled={adding === ''}
            onClick={() => {
              setChosen([...chosen, Number(adding)])
              setAdding('')
              select.current?.focus()
            }}
          >
            {words.add}
          </Button>
        </div>
      )}
    </FormDialog>
  )
}

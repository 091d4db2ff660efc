// Makes an action, or changes one, and tries it on a lead.

import '../text/set-up-problems.ts'
import { Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { Action } from '../../../src/client/api.ts'
import { ACTION_KINDS } from '../../../src/core/action.ts'
import { actionQuery, actionsChanged } from '../api/actions.ts'
import { client, must, queries, Refused } from '../api/client.ts'
import { LeaveGuard } from '../set-up/leave-guard.tsx'
import { useFixed } from '../set-up/screen.tsx'
import { TeamSelect, useNewTeam } from '../set-up/team.tsx'
import { OneOf } from '../shell/choices-field.tsx'
import { FormDialog, isStale, wrongIn } from '../shell/form-dialog.tsx'
import { Back, Page, Waiting } from '../shell/page.tsx'
import { onSubmit, typed } from '../shell/parts.tsx'
import { Notice, Problem, ProblemDetails } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { actions } from '../text/actions.ts'
import styles from './actions.module.css'
import { Config } from './config.tsx'
import { changeOf, draftOf, isComplete, NEW } from './draft.ts'
import { Trial } from './trial.tsx'

const words = actions.form

export const NewActionScreen = () => <Editor />

export function ActionScreen() {
  const { id } = useParams({ from: '/app/actions/$id' })
  const { data, error, refetch } = useQuery({ ...actionQuery(Number(id)), refetchOnWindowFocus: false })
  if (!data) return <Waiting title={actions.title} error={error} retry={() => void refetch()} />
  return <Editor action={data} />
}

function Editor({ action }: { action?: Action }) {
  const navigate = useNavigate()
  const team = useNewTeam()
  const why_fixed = useFixed(action?.team)
  const form = useRef<HTMLFormElement>(null)
  const [before, setBefore] = useState(action)
  const [draft, setDraft] = useState(action ? draftOf(action) : NEW)
  /** As somebody else has left it meanwhile. */
  const [fresh, setFresh] = useState<Action | null>(null)
  const [deleting, setDeleting] = useState(false)
  const saving = useMutation({
    mutationFn: () =>
      before
        ? must(client.changeAction(before.action_id, changeOf(draft), {}, (fresh ?? before).version))
        : must(client.createAction({ ...changeOf(draft), ...team.given })),
    onSuccess: (saved) => {
      setFresh(null)
      setBefore(saved)
      setDraft(draftOf(saved))
      toast(before ? words.saved(saved.name) : words.made(saved.name))
      void actionsChanged()
      if (!before)
        void navigate({
          to: '/actions/$id',
          params: { id: String(saved.action_id) },
          replace: true,
          ignoreBlocker: true,
        })
    },
    onError: async (error) => {
      if (before && isStale(error)) setFresh(await must(client.action(before.action_id)))
    },
  })
  const wrong = wrongIn(saving.error)
  const at_fields =
    wrong.size > 0 && [...wrong.keys()].every((path) => /^(name|team|config\.\w+)$/.test(path))
  useEffect(() => {
    if (saving.error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [saving.error])
  const is_saved =
    before !== undefined && JSON.stringify(changeOf(draft)) === JSON.stringify(changeOf(draftOf(before)))
  const is_touched = before ? !is_saved : JSON.stringify(draft) !== JSON.stringify(NEW)
  const title = before?.name ?? words.new_title
  return (
    <Page
      title={title}
      document_title={[title, actions.title]}
      width="form"
      back={<Back to="/actions">{words.back}</Back>}
      actions={before && !why_fixed && <Button onClick={() => setDeleting(true)}>{words.delete}</Button>}
    >
      {is_touched && <LeaveGuard />}
      <form
        ref={form}
        className={`${styles.form} stack`}
        onSubmit={onSubmit(() => saving.isPending || why_fixed || !isComplete(draft) || saving.mutate())}
      >
        {why_fixed && <Notice tone="warn">{why_fixed}</Notice>}
        {fresh && <Notice tone="warn">{words.meanwhile(fresh.name)}</Notice>}
        <TextInput
          label={words.name}
          autoFocus={!before}
          autoComplete="off"
          value={draft.name}
          onChange={typed((name) => setDraft({ ...draft, name }))}
          error={wrong.get('name')}
        />
        {!before && (
          <OneOf
            label={words.kind}
            choices={ACTION_KINDS.map((value) => ({ value, label: actions.kinds[value] }))}
            value={draft.kind}
            onChange={(kind) => setDraft({ ...draft, kind })}
          />
        )}
        {!before && <TeamSelect of={team} error={wrong.get('team')} />}
        <Config
          draft={draft}
          set={(change) => setDraft((now) => ({ ...now, ...change }))}
          wrong={wrong}
          own_id={before?.action_id}
        />
        <Checkbox
          label={words.enabled}
          description={words.enabled_hint}
          checked={draft.enabled}
          onChange={({ currentTarget: { checked } }) => setDraft({ ...draft, enabled: checked })}
        />
        {saving.error && !at_fields && !isStale(saving.error) && <Problem error={saving.error} />}
        <div className="row">
          <Button
            variant="filled"
            type="submit"
            loading={saving.isPending}
            disabled={is_saved || why_fixed !== undefined || !isComplete(draft)}
          >
            {before ? words.save : words.make}
          </Button>
        </div>
      </form>
      {before && <Trial action_id={before.action_id} is_saved={is_saved} />}
      {before && deleting && <Deletion action={before} onClose={() => setDeleting(false)} />}
    </Page>
  )
}

function Deletion({ action, onClose }: { action: Action; onClose: () => void }) {
  const navigate = useNavigate()
  const deleting = useMutation({
    mutationFn: () => must(client.deleteAction(action.action_id)),
    onSuccess: async () => {
      toast(words.deleted(action.name))
      await navigate({ to: '/actions', ignoreBlocker: true })
      queries.removeQueries({ queryKey: actionQuery(action.action_id).queryKey })
      void actionsChanged()
    },
  })
  const { error, isPending } = deleting
  const is_used = error instanceof Refused && error.problem.name === 'INVALID_FIELD'
  return (
    <FormDialog
      title={words.delete_title(action.name)}
      submit={words.delete_submit}
      danger
      saving={{ error: is_used ? null : error, isPending }}
      size="sm"
      onSend={() => deleting.mutate()}
      onClose={onClose}
    >
      {is_used ? (
        <Notice tone="bad" title={words.used_title}>
          <p>{words.used}</p>
          <ProblemDetails error={error} />
        </Notice>
      ) : (
        <p>{words.delete_note}</p>
      )}
    </FormDialog>
  )
}

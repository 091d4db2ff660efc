// Teams: added, renamed, deleted.

import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Team } from '../../../src/client/api.ts'
import { client, must, Refused } from '../api/client.ts'
import { freshTeam, peopleChanged, teamsQuery } from '../api/people.ts'
import { useOperator } from '../api/session.ts'
import { FormDialog, isStale, wrongIn } from '../shell/form-dialog.tsx'
import { Listing, Section } from '../shell/listing.tsx'
import { typed } from '../shell/parts.tsx'
import { Notice, ProblemDetails } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { people } from '../text/people.ts'

const words = people.teams

/** What everybody uses. It keeps its name. */
const GLOBAL_ID = 1

type Open = { deed: 'name'; team?: Team } | { deed: 'delete'; team: Team }

export function Teams() {
  const asked = useQuery(teamsQuery)
  const may = useOperator().teams.length === 0
  const [open, setOpen] = useState<Open | null>(null)
  const close = () => setOpen(null)
  return (
    <Section
      id="teams"
      title={words.title}
      intro={words.intro}
      actions={may && <Button onClick={() => setOpen({ deed: 'name' })}>{words.add}</Button>}
    >
      <Listing
        name={words.table}
        columns={words.columns}
        asked={asked}
        empty={words.empty}
        keyOf={({ team_id }) => team_id}
        cells={({ name, templates, operators, keys }) => ({
          name,
          has: words.has(templates, operators, keys),
        })}
        deeds={
          may
            ? (team) =>
                team.team_id !== GLOBAL_ID && (
                  <>
                    <Button
                      size="compact-xs"
                      aria-label={words.rename_of(team.name)}
                      onClick={() => setOpen({ deed: 'name', team })}
                    >
                      {words.rename}
                    </Button>
                    <Button
                      size="compact-xs"
                      aria-label={words.delete_of(team.name)}
                      onClick={() => setOpen({ deed: 'delete', team })}
                    >
                      {words.delete}
                    </Button>
                  </>
                )
            : undefined
        }
      />
      {open?.deed === 'name' && <TeamName team={open.team} onClose={close} />}
      {open?.deed === 'delete' && <TeamDeletion team={open.team} onClose={close} />}
    </Section>
  )
}

function TeamName({ team, onClose }: { team?: Team; onClose: () => void }) {
  const [name, setName] = useState(team?.name ?? '')
  /** As somebody else has left it meanwhile. */
  const [fresh, setFresh] = useState<Team | null>(null)
  const base = fresh ?? team
  const saving = useMutation({
    mutationFn: () =>
      base
        ? must(client.changeTeam(base.team_id, { name }, {}, base.version))
        : must(client.createTeam({ name })),
    onSuccess: (saved) => {
      toast(team ? words.renamed(saved.name) : words.added(saved.name))
      onClose()
    },
    onError: async (error) => {
      if (team && isStale(error)) setFresh(await freshTeam(team.team_id))
    },
    onSettled: peopleChanged,
  })
  return (
    <FormDialog
      title={team ? words.rename_title(team.name) : words.add_title}
      submit={team ? words.submit_rename : words.submit_add}
      saving={saving}
      said_by_fields={['name']}
      can={name.trim() !== ''}
      size="sm"
      onSend={() => saving.mutate()}
      onClose={onClose}
    >
      {fresh && <Notice tone="warn">{words.meanwhile(fresh.name)}</Notice>}
      <TextInput
        data-autofocus
        label={words.name}
        autoComplete="off"
        value={name}
        onChange={typed(setName)}
        error={wrongIn(saving.error).get('name')}
      />
    </FormDialog>
  )
}

function TeamDeletion({ team, onClose }: { team: Team; onClose: () => void }) {
  const deleting = useMutation({
    mutationFn: () => must(client.deleteTeam(team.team_id)),
    onSuccess: () => {
      toast(words.deleted(team.name))
      onClose()
    },
    onSettled: peopleChanged,
  })
  const { error } = deleting
  const is_used = error instanceof Refused && error.problem.name === 'INVALID_FIELD'
  return (
    <FormDialog
      title={words.delete_title(team.name)}
      submit={words.delete_submit}
      danger
      saving={{ error: is_used ? null : error, isPending: deleting.isPending }}
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

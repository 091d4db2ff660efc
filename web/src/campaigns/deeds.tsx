// What is done to a template, a campaign or an allocation: renamed, archived, taken up again, deleted.

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Answer, Problem } from '../../../src/client/client.ts'
import { client, must } from '../api/client.ts'
import { newSetUp } from '../api/set-up.ts'
import { isStale } from '../set-up/editing.ts'
import { NameDialog } from '../set-up/name-dialog.tsx'
import { Refusal } from '../set-up/refusal.tsx'
import { More } from '../set-up/screen.tsx'
import { SureDialog } from '../set-up/sure-dialog.tsx'
import { toast } from '../shell/toast.tsx'
import { campaigns as words } from '../text/campaigns.ts'
import { set_up as shared } from '../text/set-up.ts'

/** What these have in common. */
interface Thing {
  name: string
  version: number
  archived_at: string | null
}

interface Change {
  name?: string
  archived?: boolean
}

type DryRun = { dry_run?: boolean }

interface DeedsProps {
  noun: keyof typeof ROUTES
  id: number
  thing: Thing
  /** After it is deleted. */
  onRemoved?: () => void
}

const ROUTES = {
  template: {
    change: (id: number, change: Change, query: DryRun, version: number) =>
      client.changeTemplate(id, change, query, version),
    remove: (id: number, query: DryRun, version: number) => client.deleteTemplate(id, query, version),
    archive: words.archive_template,
  },
  campaign: {
    change: (id: number, change: Change, query: DryRun, version: number) =>
      client.changeCampaign(id, change, query, version),
    remove: (id: number, query: DryRun, version: number) => client.deleteCampaign(id, query, version),
    archive: words.archive_campaign,
  },
  allocation: {
    change: (id: number, change: Change, query: DryRun, version: number) =>
      client.changeAllocation(id, change, query, version),
    remove: (id: number, query: DryRun, version: number) => client.deleteAllocation(id, query, version),
    archive: words.archive_allocation,
  },
} as const

export function Deeds({ noun, id, thing, onRemoved }: DeedsProps) {
  const { name, version, archived_at } = thing
  const { change, remove, archive } = ROUTES[noun]
  const [open, setOpen] = useState<'rename' | 'archive' | 'remove' | null>(null)
  const close = () => setOpen(null)
  const take_up = useMutation({
    mutationFn: () => must(change(id, { archived: false }, {}, version) as Promise<Answer<Thing | Problem>>),
    onSuccess: async () => {
      await newSetUp()
      toast(words.taken_up(name))
    },
    onError: async (error) => {
      await newSetUp()
      if (isStale(error)) toast(shared.moved(name))
    },
  })
  return (
    <>
      <More
        name={name}
        deeds={[
          noun !== 'template' && { label: words.rename, run: () => setOpen('rename') },
          archived_at === null
            ? { label: words.archive, run: () => setOpen('archive') }
            : { label: words.take_up, run: () => take_up.isPending || take_up.mutate() },
          { label: words.remove, run: () => setOpen('remove') },
        ]}
      />
      {take_up.error && !isStale(take_up.error) && <Refusal error={take_up.error} />}
      {open === 'rename' && (
        <NameDialog
          title={words.rename_title(name)}
          label={words[noun].label}
          submit={words.rename_submit}
          name={name}
          moved={words.renamed_meanwhile(name)}
          send={(next) => change(id, { name: next }, {}, version) as Promise<Answer<Thing | Problem>>}
          onDone={(made) => toast(words.renamed(made.name))}
          onClose={close}
        />
      )}
      {open === 'archive' && (
        <SureDialog
          title={words.archive_title(name)}
          says={archive}
          submit={words.archive_submit}
          done={words.archived(name)}
          of={[noun, id, 'archive', version]}
          send={(query) => change(id, { archived: true }, query, version)}
          onClose={close}
        />
      )}
      {open === 'remove' && (
        <SureDialog
          title={words.remove_title(name)}
          says={() => words.remove_says}
          submit={words.remove_submit}
          done={words.removed(name)}
          of={[noun, id, 'remove', version]}
          send={(query) => remove(id, query, version)}
          onClose={close}
          onDone={onRemoved}
        />
      )}
    </>
  )
}

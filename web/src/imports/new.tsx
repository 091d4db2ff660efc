// A new import: where the leads go, then the file. The import is there for everybody as soon as its file is chosen. What is
// chosen before is in the address.

import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { client, must } from '../api/client.ts'
import { learnImport } from '../api/imports.ts'
import type { SetUp } from '../api/set-up.ts'
import { upload } from '../api/upload.ts'
import { WithSetUp } from '../set-up/screen.tsx'
import { wrongIn } from '../shell/form-dialog.tsx'
import { Section } from '../shell/listing.tsx'
import { Back, Page } from '../shell/page.tsx'
import { imports as words } from '../text/imports.ts'
import { ChooseFile } from './choose-file.tsx'
import { LinkButton, Refusal } from './parts.tsx'
import { Stepper } from './stepper.tsx'
import { allocationsToFill, campaignsToFill, TargetFields, usualWay, type Wishes } from './target.tsx'

export const NewImportScreen = () => (
  <WithSetUp title={words.begin}>{(set_up) => <NewImport set_up={set_up} />}</WithSetUp>
)

/** The only one is chosen; of several, people choose. */
function wishesOf(search: Partial<Wishes>, set_up: SetUp): Wishes {
  const campaigns = campaignsToFill(set_up)
  const campaign_id = search.campaign_id ?? (campaigns.length === 1 ? campaigns[0]!.campaign_id : undefined)
  const allocations = allocationsToFill(set_up, campaign_id)
  const only = allocations.length === 1 ? allocations[0]!.allocation_id : undefined
  const mode = search.mode ?? 'insert'
  return {
    campaign_id,
    allocation_id: search.allocation_id ?? (mode === 'update' ? null : only),
    mode,
    duplicates: search.duplicates ?? usualWay(mode),
  }
}

const SAID_BY_FIELDS = ['campaign_id', 'allocation_id', 'mode', 'duplicates']

function NewImport({ set_up }: { set_up: SetUp }) {
  const search = useSearch({ from: '/app/imports/new' })
  const navigate = useNavigate({ from: '/imports/new' })
  const wishes = wishesOf(search, set_up)
  const begin = useMutation({
    mutationFn: async (file: File) => {
      const { campaign_id, allocation_id = null, mode, duplicates } = wishes
      const begun = await must(
        client.createImport({
          campaign_id: campaign_id ?? 0,
          allocation_id,
          mode,
          duplicates,
          file_name: file.name.slice(-255),
          file_bytes: file.size,
        }),
      )
      learnImport(begun)
      void upload(begun, file)
      return begun
    },
    onSuccess: ({ import_id }) =>
      // Coming back must not begin a second import of the same file unawares.
      void navigate({
        to: '/imports/$id/{-$step}',
        params: { id: String(import_id), step: 'file' },
        replace: true,
      }),
  })
  const wrong = wrongIn(begin.error)
  const is_said = [...wrong.keys()].some((path) => SAID_BY_FIELDS.includes(path))
  if (campaignsToFill(set_up).length === 0)
    return (
      <Page title={words.begin} width="form" back={<Back to="/imports">{words.back}</Back>}>
        <p>{words.no_campaigns}</p>
        <LinkButton to="/campaigns" mt={16}>
          {words.to_campaigns}
        </LinkButton>
      </Page>
    )
  return (
    <Page
      title={words.begin}
      document_title={[words.begin, words.title]}
      width="page"
      back={<Back to="/imports">{words.back}</Back>}
    >
      <Stepper current="target" />
      <Section id="target" title={words.target.title}>
        <TargetFields
          set_up={set_up}
          wishes={wishes}
          wrong={wrong}
          onChange={(change) => {
            begin.reset()
            void navigate({
              search: (before) => ({ ...before, ...change, allocation_id: chosen(before, change) }),
              replace: true,
            })
          }}
        />
      </Section>
      <Section id="file" title={words.file.title}>
        <ChooseFile
          busy={begin.isPending}
          onFile={(file) => {
            const { campaign_id, allocation_id, mode } = wishes
            if (campaign_id === undefined || (allocation_id == null && mode !== 'update'))
              return words.file.needs_allocation
            begin.mutate(file)
            return undefined
          }}
        />
      </Section>
      {begin.error && !is_said && <Refusal error={begin.error} />}
    </Page>
  )
}

const chosen = (before: { allocation_id?: number }, change: Partial<Wishes>): number | undefined =>
  ('allocation_id' in change ? change.allocation_id : before.allocation_id) ?? undefined

// An import, step by step. Each step has an address; one that is not open leads to where the import is.

import { Button } from '@mantine/core'
import { Navigate, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Import } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import { useImport, useStep } from '../api/imports.ts'
import { type SetUp, templateOf, useSetUp } from '../api/set-up.ts'
import { Modal } from '../shell/modal.tsx'
import { Back, Page, Waiting } from '../shell/page.tsx'
import { toast } from '../shell/toast.tsx'
import { imports as words } from '../text/imports.ts'
import { CheckStep } from './check.tsx'
import { ColumnsStep } from './columns.tsx'
import { FileStep } from './file.tsx'
import { isOpen } from './mapping.ts'
import { Refusal, StateTag } from './parts.tsx'
import { ReportStep } from './report.tsx'
import { RunStep } from './run.tsx'
import { Stepper } from './stepper.tsx'
import { currentStep, isBeforeRun, openSteps, type Step } from './steps.ts'
import { TargetStep } from './target.tsx'

export function ImportScreen() {
  const { id, step } = useParams({ strict: false })
  const { data: found, error, refetch } = useImport(Number(id))
  const set_up = useSetUp()
  if (!found || !set_up.data)
    return (
      <Waiting
        title={words.title}
        error={found ? set_up.error : error}
        retry={() => void (found ? set_up : { refetch }).refetch()}
      />
    )
  const template = templateOf(set_up.data, found.campaign_id)
  const asks = found.mapping?.columns.some((column) => isOpen(column, template)) ?? false
  const open = openSteps({ ...found, asks }).find((one) => one === step)
  if (!open)
    return (
      <Navigate
        to="/imports/$id/{-$step}"
        params={{ id: String(found.import_id), step: currentStep({ ...found, asks }) }}
        replace
      />
    )
  return <ImportAt found={found} step={open} set_up={set_up.data} asks={asks} />
}

interface ImportAtProps {
  found: Import
  step: Step
  set_up: SetUp
  asks: boolean
}

function ImportAt({ found, step, set_up, asks }: ImportAtProps) {
  const [cancelling, setCancelling] = useState(false)
  const can_cancel = isBeforeRun(found) || found.state === 'running' || found.state === 'paused'
  const campaign = set_up.campaigns.find((one) => one.campaign_id === found.campaign_id)
  return (
    <Page
      title={found.file_name}
      document_title={[words.steps[step], found.file_name, words.title]}
      width="page"
      aside={
        <>
          <StateTag state={found.state} />
          {campaign && <span className="dimmed small">{campaign.name}</span>}
        </>
      }
      back={<Back to="/imports">{words.back}</Back>}
      actions={can_cancel && <Button onClick={() => setCancelling(true)}>{words.cancel.open}</Button>}
    >
      <Stepper current={step} found={found} asks={asks} />
      {step === 'target' && <TargetStep found={found} set_up={set_up} />}
      {step === 'file' && <FileStep found={found} />}
      {step === 'columns' && <ColumnsStep found={found} set_up={set_up} />}
      {step === 'check' && <CheckStep found={found} />}
      {step === 'run' && <RunStep found={found} />}
      {step === 'report' && <ReportStep found={found} />}
      {cancelling && <Cancel found={found} onClose={() => setCancelling(false)} />}
    </Page>
  )
}

function Cancel({ found, onClose }: { found: Import; onClose: () => void }) {
  const { import_id, done } = found
  const navigate = useNavigate()
  const step = useStep(import_id)
  const said = words.cancel
  return (
    <Modal opened onClose={onClose} title={said.title} size="md" centered>
      <div className="stack">
        <p>{done && done.rows > 0 ? said.after(done.rows) : said.before}</p>
        {step.error && <Refusal error={step.error} />}
        <div className="row">
          <Button
            variant="filled"
            color="red"
            loading={step.isPending}
            onClick={() =>
              step.mutate(() => client.cancelImport(import_id), {
                onSuccess: () => {
                  toast(said.done)
                  onClose()
                  void navigate({ to: '/imports' })
                },
              })
            }
          >
            {said.submit}
          </Button>
          {/* Keys that are pressed once too often must not answer yes. */}
          <Button data-autofocus onClick={onClose}>
            {said.keep}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

// Makes campaigns and allocations.

import type { Campaign, Template } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import { NameDialog } from '../set-up/name-dialog.tsx'
import { toast } from '../shell/toast.tsx'
import { campaigns } from '../text/campaigns.ts'

export const NewCampaign = ({ template, onClose }: { template: Template; onClose: () => void }) => (
  <NameDialog
    title={campaigns.campaign.add_to(template.name)}
    label={campaigns.campaign.label}
    submit={campaigns.campaign.make}
    send={(name) => client.createCampaign({ template_id: template.template_id, name })}
    onDone={({ name }: Campaign) => toast(campaigns.campaign.made(name))}
    onClose={onClose}
  />
)

export const NewAllocation = ({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) => (
  <NameDialog
    title={campaigns.allocation.add_to(campaign.name)}
    label={campaigns.allocation.label}
    submit={campaigns.allocation.make}
    send={(name) => client.createAllocation({ campaign_id: campaign.campaign_id, name })}
    onDone={({ name }: { name: string }) => toast(campaigns.allocation.made(name))}
    onClose={onClose}
  />
)

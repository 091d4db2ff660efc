// Templates, their campaigns, and the allocations of these: how far each is, started and stopped from here.

import { Button, Switch } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Allocation, Campaign, Template } from '../../../src/client/api.ts'
import type { SetUp } from '../api/set-up.ts'
import { useMayManage, WithSetUp } from '../set-up/screen.tsx'
import { Page } from '../shell/page.tsx'
import { Tag } from '../shell/parts.tsx'
import { campaigns as words } from '../text/campaigns.ts'
import { set_up as shared } from '../text/set-up.ts'
import { regionName } from '../text/words.ts'
import { Progress, ProgressOfAll } from './bar.tsx'
import styles from './campaigns.module.css'
import { Deeds } from './deeds.tsx'
import { NewAllocation, NewCampaign } from './new.tsx'
import { NewTemplate } from './new-template.tsx'
import { StateTag } from './state-tag.tsx'
import { StartStop } from './switch.tsx'

export const CampaignsScreen = () => (
  <WithSetUp title={words.title}>{(set_up) => <Tree set_up={set_up} />}</WithSetUp>
)

function Tree({ set_up }: { set_up: SetUp }) {
  const { archived = false } = useSearch({ from: '/app/campaigns' })
  const navigate = useNavigate({ from: '/campaigns' })
  const may = useMayManage()
  const [adding, setAdding] = useState(false)
  const templates = set_up.templates.filter(({ archived_at }) => archived || archived_at === null)
  const has_archived = [...set_up.templates, ...set_up.campaigns, ...set_up.allocations].some(
    ({ archived_at }) => archived_at !== null,
  )
  const add = may && (
    <Button variant="filled" onClick={() => setAdding(true)}>
      {words.template.add}
    </Button>
  )
  return (
    <Page title={words.title} width="page" actions={templates.length > 0 && add}>
      <div className={`${styles.intro} row`}>
        <p className="dimmed small">{words.intro}</p>
        {has_archived && (
          <Switch
            label={words.show_archived}
            checked={archived}
            onChange={(event) =>
              void navigate({ search: { archived: event.currentTarget.checked || undefined }, replace: true })
            }
          />
        )}
      </div>
      {templates.length === 0 && (
        <section className={styles.empty}>
          <h2>{words.empty_title}</h2>
          <p className="dimmed">{may ? words.empty : words.empty_read}</p>
          {add}
        </section>
      )}
      {templates.map((template) => (
        <TemplatePart key={template.template_id} template={template} set_up={set_up} archived={archived} />
      ))}
      {adding && <NewTemplate set_up={set_up} onClose={() => setAdding(false)} />}
    </Page>
  )
}

interface TemplatePartProps {
  template: Template
  set_up: SetUp
  /** Archived ones are shown. */
  archived: boolean
}

function TemplatePart({ template, set_up, archived }: TemplatePartProps) {
  const may = useMayManage()
  const [adding, setAdding] = useState(false)
  const { template_id, name, region } = template
  const campaigns = set_up.campaigns.filter(
    (one) => one.template_id === template_id && (archived || one.archived_at === null),
  )
  const hours = set_up.contact_hours.find((one) => one.name === template.contact_hours)
  const outcomes = set_up.disposition_sets.find((one) => one.name === template.disposition_set)
  return (
    <section className={styles.template} aria-labelledby={`template-${template_id}`}>
      <header className={`${styles.head} row`}>
        <h2 id={`template-${template_id}`}>
          <Link to="/templates/$id" params={{ id: String(template_id) }}>
            {name}
          </Link>
        </h2>
        {template.archived_at && <Tag>{shared.archived}</Tag>}
        <span className={`${styles.facts} small dimmed`}>
          <span>{regionName(region)}</span>
          {hours && (
            <Link to="/contact-hours/$id" params={{ id: String(hours.contact_hours_id) }}>
              {hours.name}
            </Link>
          )}
          {outcomes && (
            <Link to="/outcomes/$set" params={{ set: String(outcomes.disposition_set_id) }}>
              {outcomes.name}
            </Link>
          )}
        </span>
        {may && (
          <span className={`${styles.deeds} row`}>
            {template.archived_at === null && (
              <Button
                size="compact-sm"
                aria-label={words.campaign.add_to(name)}
                onClick={() => setAdding(true)}
              >
                {words.campaign.add}
              </Button>
            )}
            <Deeds noun="template" id={template_id} thing={template} />
          </span>
        )}
      </header>
      {campaigns.length === 0 && <p className={`${styles.none} dimmed small`}>{words.none_here}</p>}
      <ul className="list">
        {campaigns.map((campaign) => (
          <CampaignPart
            key={campaign.campaign_id}
            campaign={campaign}
            allocations={set_up.allocations.filter(
              (one) => one.campaign_id === campaign.campaign_id && (archived || one.archived_at === null),
            )}
          />
        ))}
      </ul>
      {adding && <NewCampaign template={template} onClose={() => setAdding(false)} />}
    </section>
  )
}

function CampaignPart({ campaign, allocations }: { campaign: Campaign; allocations: Allocation[] }) {
  const may = useMayManage()
  const [adding, setAdding] = useState(false)
  const { campaign_id, name, archived_at } = campaign
  // The leads of a virtual one are those of its members.
  const counted = allocations.filter(({ draws }) => draws === null)
  return (
    <li className={styles.campaign}>
      <header className={`${styles.head} row`}>
        <h3>{name}</h3>
        {archived_at && <Tag>{shared.archived}</Tag>}
        <Link
          to="/imports"
          search={{ campaign_id }}
          className="small"
          aria-label={words.campaign.imports_of(name)}
        >
          {words.campaign.imports}
        </Link>
        {may && (
          <span className={`${styles.deeds} row`}>
            {archived_at === null && (
              <Button
                size="compact-sm"
                aria-label={words.allocation.add_to(name)}
                onClick={() => setAdding(true)}
              >
                {words.allocation.add}
              </Button>
            )}
            <Deeds noun="campaign" id={campaign_id} thing={campaign} />
          </span>
        )}
      </header>
      {allocations.length === 0 && <p className={`${styles.none} dimmed small`}>{words.none_inside}</p>}
      {counted.length > 1 && (
        <div className={styles.sum}>
          <ProgressOfAll allocation_ids={counted.map(({ allocation_id }) => allocation_id)} />
        </div>
      )}
      <ul className="list">
        {allocations.map((allocation) => (
          <AllocationPart
            key={allocation.allocation_id}
            allocation={allocation}
            campaign_archived={archived_at !== null}
          />
        ))}
      </ul>
      {adding && <NewAllocation campaign={campaign} onClose={() => setAdding(false)} />}
    </li>
  )
}

interface AllocationPartProps {
  allocation: Allocation
  campaign_archived: boolean
}

function AllocationPart({ allocation, campaign_archived }: AllocationPartProps) {
  const may = useMayManage()
  const { allocation_id, name, archived_at } = allocation
  return (
    <li className={styles.allocation}>
      <span className={styles.name}>
        <Link to="/allocations/$id" params={{ id: String(allocation_id) }}>
          {name}
        </Link>{' '}
        <StateTag allocation={allocation} />
      </span>
      <Progress allocation_id={allocation_id} />
      {may && (
        <span className={`${styles.deeds} row`}>
          {archived_at === null && !campaign_archived && <StartStop allocation={allocation} />}
          <Deeds noun="allocation" id={allocation_id} thing={allocation} />
        </span>
      )}
    </li>
  )
}

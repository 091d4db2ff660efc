// What comes after the first account: a lead by hand, or by a curl that is ready to be pasted.

import { Button, CopyButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { BASE } from '../api/client.ts'
import type { Operator } from '../api/session.ts'
import { liveFields, type SetUp, templateOf, useSetUp } from '../api/set-up.ts'
import { Doorstep } from '../shell/doorstep.tsx'
import { text } from '../text.ts'
import styles from './setup.module.css'

const words = text.setup

export function FirstLead({ operator }: { operator: Operator }) {
  const set_up = useSetUp().data
  const example = set_up && exampleOf(set_up)
  return (
    <Doorstep title={words.done_title(operator.name)} intro={words.done_intro} wide>
      <section className={styles.way}>
        <div>
          <h2>{words.by_hand}</h2>
          <p className="dimmed">{words.by_hand_what}</p>
        </div>
        <Button component={Link} to="/leads/new">
          {words.create}
        </Button>
      </section>
      {example && (
        <section className={styles.curl}>
          <div className={styles.way}>
            <div>
              <h2>{words.by_api}</h2>
              <p className="dimmed">{words.by_api_what(example.campaign)}</p>
            </div>
            <CopyButton value={example.curl}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? words.copied : words.copy}
                </Button>
              )}
            </CopyButton>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
          <pre className={styles.code} tabIndex={0}>
            {example.curl}
          </pre>
          <p className={styles.note}>
            {words.key_note} <code className="mono">{words.key_command}</code>
          </p>
        </section>
      )}
      <Link to="/leads">{words.to_leads}</Link>
    </Doorstep>
  )
}

const SAMPLES: Record<string, string> = {
  name: 'Jane Smith',
  city: 'Abbotsford',
  state: 'Vic',
  postcode: '3067',
}

/** A request of the classic API for the first allocation: with its ids, and fields that its template has. */
function exampleOf(set_up: SetUp): { campaign: string; curl: string } | undefined {
  const allocation = set_up.allocations.find(({ started }) => started) ?? set_up.allocations[0]
  const campaign = set_up.campaigns.find(({ campaign_id }) => campaign_id === allocation?.campaign_id)
  const template = templateOf(set_up, campaign?.campaign_id)
  if (!allocation || !campaign || !template) return undefined
  const fields = liveFields(template)
  const lead: Record<string, string> = {}
  for (const { name } of fields) {
    const sample = SAMPLES[name.toLowerCase()]
    if (sample !== undefined) lead[name] = sample
  }
  const phone = fields.find(({ kind }) => kind === 'phone')
  if (phone) lead[phone.name] = '0383218199'
  const query = `fTemplateId=${template.template_id}&fCampaignId=${campaign.campaign_id}&fAllocationId=${allocation.allocation_id}`
  const url = `${window.location.origin}${BASE}servicemanager/rest/CampaignAPI/insertLeadFast?${query}`
  // A shell reads what stands between quotes as it is, but for the quote itself.
  const json = JSON.stringify(lead).replaceAll("'", "'\\''")
  return {
    campaign: campaign.name,
    curl: `curl -sS '${url}' \\\n  -H "Authorization: Bearer $LEADLINE_API_KEY" \\\n  -d '${json}'`,
  }
}

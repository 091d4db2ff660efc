import { Page } from '../../shell/page.tsx'
import { text } from '../../text.ts'

export function NewLeadScreen() {
  return <Page title={text.new_lead.title}>{null}</Page>
}

import { Page } from '../../shell/page.tsx'
import { text } from '../../text.ts'

export function LeadScreen() {
  return <Page title={text.lead.title}>{null}</Page>
}

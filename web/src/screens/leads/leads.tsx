import { Page } from '../../shell/page.tsx'
import { text } from '../../text.ts'

export function LeadsScreen() {
  return <Page title={text.leads.title}>{null}</Page>
}

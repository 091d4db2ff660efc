import { Page } from '../../shell/page.tsx'
import { text } from '../../text.ts'

export function HistoryScreen() {
  return <Page title={text.history.title}>{null}</Page>
}

import { Page } from '../../shell/page.tsx'
import { text } from '../../text.ts'

export function ConflictScreen() {
  return <Page title={text.conflicts.title}>{null}</Page>
}

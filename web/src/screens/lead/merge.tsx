import { Page } from '../../shell/page.tsx'
import { text } from '../../text.ts'

export function MergeScreen() {
  return <Page title={text.merge.title}>{null}</Page>
}

// The lead is not there any more. What somebody typed into it still is.

import { Button, CopyButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Page } from '../shell/page.tsx'
import { text } from '../text.ts'
import { useDraft } from './drafts.ts'
import styles from './gone.module.css'

const words = text.lead.gone

export function Gone({ lead_id }: { lead_id: string }) {
  const [draft, store] = useDraft(lead_id)
  const typed = Object.entries(draft?.changes ?? {}).map(([path, value]) => ({
    path: path.replace(/^(fields|unmapped)\./, ''),
    value: value === null ? text.lead.empty : String(value),
  }))
  return (
    <Page title={words.title} width="form">
      <p>{words.detail}</p>
      {typed.length > 0 && (
        <section className={styles.typed}>
          <h2>{words.yours}</h2>
          <dl>
            {typed.map(({ path, value }) => (
              <div key={path}>
                <dt>{path}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <div className={styles.buttons}>
            <CopyButton value={typed.map(({ path, value }) => `${path}: ${value}`).join('\n')}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? text.lead.copied : words.copy}
                </Button>
              )}
            </CopyButton>
            <Button variant="default" onClick={() => store.set(null)}>
              {words.discard}
            </Button>
          </div>
        </section>
      )}
      <p className={styles.way}>
        <Link to="/leads">{words.to_leads}</Link>
      </p>
    </Page>
  )
}

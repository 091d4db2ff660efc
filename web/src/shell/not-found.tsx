import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { text } from '../text.ts'
import { Page } from './page.tsx'

/** An address that leads nowhere; inside of the shell and outside of it. */
export function NotFound() {
  return (
    <Page title={text.shell.error.not_found_title} width="form">
      <p className="dimmed">{text.shell.error.not_found}</p>
      <p style={{ marginTop: 16 }}>
        <Button component={Link} to="/leads" variant="default">
          {text.shell.error.to_leads}
        </Button>
      </p>
    </Page>
  )
}

import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { text } from '../text.ts'
import { Page } from './page.tsx'

export function Forbidden() {
  return (
    <Page title={text.shell.error.forbidden_title} width="form">
      <p className="dimmed">{text.shell.error.forbidden}</p>
      <p style={{ marginTop: 16 }}>
        <Button component={Link} to="/leads" variant="default">
          {text.shell.error.to_leads}
        </Button>
      </p>
    </Page>
  )
}

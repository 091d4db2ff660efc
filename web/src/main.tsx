// The operators' app: theme, server state and routes around every screen.

import './styles/base.css'
import './styles/mantine.ts'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './api/client.ts'
import { router } from './router.tsx'
import { onSecondClick } from './shell/second-click.ts'
import { SessionEnded } from './shell/session.tsx'
import { cssVariables, theme } from './theme.ts'

// Set first of all: styles that are added later must carry it.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
// Scroll locks of dialogs put a <style> of their own into the page.
setNonce(nonce)

// After an upgrade an open page may ask for a part that is no longer there: the new page has all of its parts.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('leadline.reloaded') ?? 0)
  if (Date.now() - last < 60_000) return
  event.preventDefault()
  sessionStorage.setItem('leadline.reloaded', String(Date.now()))
  window.location.reload()
})

document.addEventListener('click', onSecondClick, { capture: true })

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={localStorageColorSchemeManager({ key: 'leadline.colours' })}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      // All of them come from the theme: the package's file of defaults would be a fifth of the styles.
      deduplicateCssVariables={false}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <SessionEnded />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

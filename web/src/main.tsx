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
import { preloadScreens, screenOf } from './load-screen.tsx'
import { router } from './router.tsx'
import { onSecondClick } from './shell/second-click.ts'
import { SessionEnded } from './shell/session.tsx'
import { cssVariables, theme } from './theme.ts'

// Set first of all: styles that are added later must carry it.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
// Scroll locks of dialogs put a <style> of their own into the page.
setNonce(nonce)

// The screen of the address is loaded beside the session, not after it.
for (const { routeId } of router.matchRoutes(router.latestLocation))
  void screenOf(router.routesById[routeId as keyof typeof router.routesById])?.preload()
// Until the first screen can be drawn, the page shows its outline (index.html).
await router.load()

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

preloadScreens()

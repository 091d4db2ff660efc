// What stands around every screen: theme, server state, routes, toasts.

import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { queries } from './api/queries.ts'
import { router } from './router.tsx'
import { SessionEnded } from './shell/session-ended.tsx'
import { cssVariables, theme } from './theme.ts'

const colours = localStorageColorSchemeManager({ key: 'leadline.colours' })

export function App({ nonce }: { nonce: string }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colours}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      // All of them from the theme: the package's file of defaults would be a fifth of the styles.
      deduplicateCssVariables={false}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <SessionEnded />
        <Notifications position="bottom-right" limit={3} />
      </QueryClientProvider>
    </MantineProvider>
  )
}

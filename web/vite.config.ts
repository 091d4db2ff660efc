import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { phoneFormats } from './phone-formats.ts'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Addresses are relative: the server says at run time below which path the app stands.
  base: './',
  plugins: [react(), phoneFormats],
  // The server puts a fresh one into each answer, and into its Content-Security-Policy.
  html: { cspNonce: '__LEADLINE_NONCE__' },
  build: {
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // Fonts and pictures as files: the policy for them is as narrow as for everything else.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    // What every page loads is one file: as some fifty it is a tenth longer, compressed. The entry stays apart: it waits
    // for a screen, which could not be loaded from a file that waits.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'shell', tags: ['$initial'], test: (id) => !/\/(index\.html|main\.tsx)$/.test(id) },
            // What the screens of a lead share, likewise.
            {
              name: 'of-leads',
              test: /\/src\/core\/(callback|disposition|times|field|lead|attributes)\.ts|\/web\/src\/lead\/(kept|refusal|set-up|show|draft|undo)|\/value-problems|\/phone-text/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
    reportCompressedSize: false,
    // These browsers can do it themselves.
    modulePreload: { polyfill: false },
  },
})

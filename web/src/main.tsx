// The operators' app. Its nonce is handed on first of all: what is drawn later may only add styles that carry it.

import './styles/base.css'
import './styles/mantine.ts'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

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

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <App nonce={nonce} />
  </StrictMode>,
)

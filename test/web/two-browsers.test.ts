// Two people in their browsers and a system at the API, all on one lead, round after round.

import type { Page, Response } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Decisions, LeadPatch } from '../../src/client/api.ts'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { much } from '../support/much.ts'
import { replacedUnseen, type Written } from '../support/overwrites.ts'
import { screensOf } from './lead-screens.ts'

const ROUNDS = much(4, 60)
/** Between the writes of the system: who decides about a field has two seconds until it moves again. */
const PAUSE_MS = 600
/** A person who is busy with one text for longer is let through: on a slow machine every decision would come too late, for ever. */
const PATIENCE_MS = 4_000
/** In every so many rounds the system writes the very field that an operator is about to save. */
const CLASH_EVERY = 4

const leadline = await startLeadline()
const { client } = leadline
const { jane, view } = screensOf(leadline)
const open = browserAt(leadline.url)

test(
  `${ROUNDS} rounds in two browsers, against an API writer: nothing saved is replaced by who did not know it, unless they decided so`,
  async () => {
    const id = await jane()
    const written = new Map<string, Written>()
    const counts = { saved: 0, merged: 0, written: 0 }

    /** The requests of the app, as the network saw them. */
    function note(response: Response): void {
      const request = response.request()
      const { pathname } = new URL(request.url())
      if (response.status() !== 200 || !pathname.startsWith(`/v1/leads/${id}`)) return
      const request_id = response.headers()['x-request-id']!
      if (request.method() === 'PATCH') {
        const base_version = Number(/v(\d+)/.exec(request.headers()['if-match'] ?? '')![1])
        written.set(request_id, {
          base_version,
          mine: request.postDataJSON() as LeadPatch,
          decided: new Set(),
        })
        counts.saved++
      } else if (request.method() === 'POST' && pathname.endsWith('/merge')) {
        const { base_version, mine, decisions } = request.postDataJSON() as {
          base_version: number
          mine: LeadPatch
          decisions: Decisions
        }
        written.set(request_id, { base_version, mine, decided: new Set(Object.keys(decisions)) })
        counts.merged++
      }
    }

    /** False: it met another change of the same group. */
    async function write(mine: LeadPatch): Promise<boolean> {
      const { version } = await view(id)
      const answer = await client.patchLead(id, version, mine, 'merge')
      if (answer.ok) {
        written.set(answer.request_id!, { base_version: version, mine, decided: new Set() })
        counts.written++
      } else expect(answer.code, answer.body.detail).toBe(110)
      return answer.ok
    }

    /** Since when each operator has been at the present text, performance.now(). */
    const begun = new Map<string, number>()
    const waitsLong = () => [...begun.values()].some((since) => performance.now() - since > PATIENCE_MS)

    const unsaved = (page: Page) =>
      page.getByRole('region', { name: 'Save' }).getByRole('button', { name: 'Save', disabled: false })

    async function operator(
      name: string,
      take: (round: number) => 'Keep all mine' | 'Use all theirs',
    ): Promise<void> {
      const page = await open(`/leads/${id}`, { as: await leadline.asOperator('agent') })
      page.on('response', note)
      for (let round = 0; round < ROUNDS; round++) {
        const label = ['Name', 'City', 'Email'][round % 3]!
        const text = label === 'Email' ? `${name}.${round}@example.com` : `${name} ${round}`
        const input = page.getByLabel(label, { exact: true })
        begun.set(name, performance.now())
        // What comes in from others while a text is put in takes the selection away: then it stands behind theirs.
        while ((await input.inputValue()) !== text) await input.fill(text)
        await unsaved(page).waitFor()
        if (round % CLASH_EVERY === CLASH_EVERY - 1)
          while (
            !(await write({
              fields: {
                [label]: label === 'Email' ? `crm.${name}.${round}@example.com` : `crm ${name} ${round}`,
              },
            }))
          );
        await page.keyboard.press('Control+s')
        await settle(page, text, () => take(round))
      }
      begun.delete(name)
    }

    /** Until what was typed is saved, or decided against. */
    async function settle(
      page: Page,
      text: string,
      take: () => 'Keep all mine' | 'Use all theirs',
    ): Promise<void> {
      const screen = page.getByRole('heading', { level: 1, name: /conflict/ })
      const save = page.getByRole('button', { name: /^Save merge/ })
      const wanted = JSON.stringify(text)
      const settled = async () =>
        [...written.values()].some(({ mine }) => JSON.stringify(mine).includes(wanted)) &&
        (await page.getByLabel('Name', { exact: true }).isVisible())
      await expect
        .poll(
          async () => {
            if (await settled()) return true
            // Whatever is pressed may be gone by then: the others do not wait.
            if (await screen.isVisible()) {
              // One conflict alone has no button for all.
              const [all, one] =
                take() === 'Keep all mine' ? [/^Keep all/, /^Keep mine/] : [/^Use all/, /^Use /]
              const choose = page
                .getByRole('button', { name: all })
                .or(page.getByRole('radio', { name: one }))
                .first()
              if ((await save.getAttribute('aria-disabled').catch(() => null)) === 'true')
                await choose.click({ timeout: 1_000 }).catch(() => undefined)
              else await save.click({ timeout: 1_000 }).catch(() => undefined)
            }
            return false
          },
          { timeout: 60_000, interval: 50 },
        )
        .toBe(true)
    }

    const writes: ((round: number) => LeadPatch)[] = [
      (round) => ({ fields: { Name: `crm ${round}` } }),
      (round) => ({ fields: { PostCode: String(1_000 + (round % 9_000)) } }),
      () => ({ fields: { SecondPhone: mobile() } }),
      (round) => ({ fields: { Email: `crm.${round}@example.com` } }),
    ]
    const over = new AbortController()
    async function writer(): Promise<void> {
      for (let round = 0; !over.signal.aborted; round++) {
        await write(writes[round % writes.length]!(round))
        do await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
        while (waitsLong() && !over.signal.aborted)
      }
    }

    const writing = writer()
    try {
      await Promise.all([
        operator('robin', (round) => (round % 2 === 0 ? 'Keep all mine' : 'Use all theirs')),
        operator('kim', (round) => (round % 3 === 0 ? 'Keep all mine' : 'Use all theirs')),
      ])
    } finally {
      over.abort()
      await writing
    }
    console.info(JSON.stringify(counts))
    expect(counts.merged, JSON.stringify(counts)).toBeGreaterThanOrEqual(2 * Math.floor(ROUNDS / CLASH_EVERY))
    expect(await replacedUnseen(client, id, written)).toEqual([])
  },
  // Each round gives up by itself after a minute, and says where.
  60_000 + ROUNDS * 60_000,
)

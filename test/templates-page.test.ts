// The requests of docs/templates.md, in their order, answer what the page says.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startLeadline } from './support/leadline.ts'
import { ROOT } from './support/statements.ts'

const { client } = await startLeadline()

const REQUEST =
  /^# (\d{3}) (\{.*\})\ncurl -sS (?:-X (\w+) )?"?http:\/\/[^/]+([^\s"]+)"?((?:[^'\n]|'[^']*')*)$/gm

/** An id in the midst of a body stands outside of its quotes, where a shell sees it. */
const page = readFileSync(join(ROOT, 'docs/templates.md'), 'utf8').replaceAll(/'(\$[A-Z_]+)'/g, '$1')
const sections = page.split(/^## /m).slice(1)

/** The names of ids in the page are those of the answers: $TEMPLATE is template_id. */
function withIds(text: string, ids: ReadonlyMap<string, unknown>) {
  return text.replaceAll(/\$([A-Z]+(?:_[A-Z]+)*)(?![A-Z_])/g, (name, id) => String(ids.get(id) ?? name))
}

describe.each(sections.map((text) => [text.split('\n')[0]!, text]))('%s', (_title, text) => {
  const requests = [...text.matchAll(REQUEST)]

  test('every request has its answer above it', () => {
    expect(requests).toHaveLength([...text.matchAll(/^curl /gm)].length)
    expect(requests.length).toBeGreaterThan(3)
  })

  test('every request answers what is said', async () => {
    const ids = new Map<string, unknown>()
    for (const [, status, part, method, path, rest] of requests) {
      const [, data] = / -d '([^']*)'$/.exec(rest!) ?? []
      const [, version] = /If-Match: ("v\d+")/.exec(rest!) ?? []
      const body = data === undefined ? undefined : JSON.parse(withIds(data, ids))
      const headers: Record<string, string> = version === undefined ? {} : { 'If-Match': version }
      const address = withIds(path!, ids)
      const answer = await client.request(method ?? (body ? 'POST' : 'GET'), address, { body, headers })
      expect(answer, `${address} ${JSON.stringify(answer.body)}`).toMatchObject({
        status: Number(status),
        body: JSON.parse(part!),
      })
      // A lead calls its own id so.
      const { id: LEAD, ...body_ids } = answer.body as { id?: string }
      if (LEAD !== undefined) ids.set('LEAD', LEAD)
      for (const [key, value] of Object.entries(body_ids))
        if (key.endsWith('_id')) ids.set(key.slice(0, -'_id'.length).toUpperCase(), value)
    }
  })
})

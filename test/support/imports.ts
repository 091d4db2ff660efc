// Imports as a person or a script does them: the file in parts, the columns mapped, the rows tried out and taken.

import { expect } from 'vitest'
import type { Import, ImportedRow, ImportMapping, NewImport } from '../../src/client/api.ts'
import type { LeadlineClient } from '../../src/client/client.ts'
import type { Leadline } from './leadline.ts'
import { until } from './until.ts'

type Wishes = Partial<Omit<NewImport, 'file_bytes'>>

export function importsOf({ client: own, target }: Pick<Leadline, 'client' | 'target'>) {
  const body = <Body>(answer: { ok: boolean; body: Body | object }): Body => {
    if (!answer.ok) throw new Error(JSON.stringify(answer.body))
    return answer.body as Body
  }

  /** The import, once it is in one of these states. */
  async function inState(import_id: number, states: Import['state'][], client: LeadlineClient = own) {
    let found: Import | undefined
    await until(`import ${import_id} is ${states}`, async () => {
      found = body<Import>(await client.import(import_id))
      return states.includes(found.state)
    })
    return found!
  }

  /** A file that is on the server and was read, or found to be unreadable. */
  async function uploaded(content: string | Uint8Array, wishes: Wishes = {}, client: LeadlineClient = own) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
    const { campaign_id, allocation_id } = target
    const begun = body<Import>(
      await client.createImport({
        campaign_id,
        allocation_id,
        file_name: 'leads.csv',
        ...wishes,
        file_bytes: bytes.length,
      }),
    )
    for (let part = 1; part <= begun.parts_all; part++) {
      const from = (part - 1) * begun.part_bytes
      body(await client.putImportPart(begun.import_id, part, bytes.slice(from, from + begun.part_bytes)))
    }
    return inState(begun.import_id, ['read', 'unreadable'], client)
  }

  /** The same with the columns mapped: as they are suggested, or as they are given. */
  async function mapped(content: string | Uint8Array, wishes: Wishes = {}, mapping?: ImportMapping) {
    const { import_id } = await uploaded(content, wishes)
    const suggested = body<ImportMapping>(await own.suggestMapping(import_id))
    const columns = suggested.columns.map(({ column, target, days, values, digits, lost_zero }) => ({
      column,
      target,
      ...(days && { days }),
      ...(values && { values }),
      ...(digits && { digits }),
      ...(lost_zero && { lost_zero }),
    }))
    const given = mapping ?? { columns, constants: suggested.constants }
    return body<Import>(await own.mapImport(import_id, given))
  }

  /** Every row, page by page. */
  async function rowsOf(import_id: number, query: Parameters<LeadlineClient['importRows']>[1] = {}) {
    const rows: ImportedRow[] = []
    for (let from: number | null = 0; from !== null; ) {
      const page: { items: ImportedRow[]; next_row: number | null } = body(
        await own.importRows(import_id, { ...query, from }),
      )
      rows.push(...page.items)
      from = page.next_row
    }
    return rows
  }

  async function checked(import_id: number) {
    body(await own.checkImport(import_id))
    const found = await inState(import_id, ['read'])
    expect(found.checked?.rows).toBe(found.rows)
    return found
  }

  async function taken(import_id: number) {
    body(await own.startImport(import_id))
    return inState(import_id, ['done', 'paused'])
  }

  return { body, inState, uploaded, mapped, rowsOf, checked, taken }
}

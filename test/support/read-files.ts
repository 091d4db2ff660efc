// Files of a test, and what reading makes of them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TableChoices, TableRemark, TableRow, TableShape } from '../../src/core/table.ts'
import { readTable } from '../../src/import/read-table.ts'

export interface ReadFile {
  shape: TableShape
  rows: TableRow[]
  remarks: TableRemark[]
  /** The codes of the remarks. */
  said: string[]
}

export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'leadline-files-test-'))
  #files = 0

  /** A file with this content. */
  put(content: string | Buffer, name = `file-${++this.#files}`): string {
    const path = join(this.path, name)
    writeFileSync(path, content)
    return path
  }

  /** A place for a file. */
  place(): string {
    return join(this.path, `file-${++this.#files}`)
  }

  async read(path: string, choices: TableChoices = {}): Promise<ReadFile> {
    const own = mkdtempSync(join(this.path, 'reading-'))
    try {
      await using table = await readTable(path, choices, own)
      const rows: TableRow[] = []
      for await (const batch of table.batches) rows.push(...batch)
      const remarks = table.remarks()
      return { shape: table.shape, rows, remarks, said: remarks.map(({ code }) => code).sort() }
    } finally {
      rmSync(own, { recursive: true })
    }
  }

  /** The texts of the cells. */
  async cells(content: string | Buffer, choices: TableChoices = {}): Promise<string[][]> {
    const { rows } = await this.read(this.put(content), choices)
    return rows.map(({ cells }) => cells)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

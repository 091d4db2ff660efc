// The thread that reads a file for `readTableApart`: a batch each time it is asked for one.

import { parentPort, workerData } from 'node:worker_threads'
import type { FileProblem, TableChoices, TableRemark, TableRow, TableShape } from '../core/table.ts'
import { readTable } from './read-table.ts'
import { UnreadableFile } from './unreadable.ts'

export interface ReadingTask {
  path: string
  choices: TableChoices
  folder: string
}

/** Each comes with the remarks by then. */
export type ReadingReport =
  | { kind: 'shape'; shape: TableShape; remarks: TableRemark[] }
  | { kind: 'rows'; rows: readonly TableRow[]; remarks: TableRemark[] }
  | { kind: 'end'; remarks: TableRemark[] }
  | { kind: 'problem'; problem: FileProblem; detail: string | undefined }

const port = parentPort!
const tell = (report: ReadingReport) => port.postMessage(report)

let asked = 0
let wake = Promise.withResolvers<void>()
port.on('message', () => {
  asked++
  wake.resolve()
})

async function turn(): Promise<void> {
  while (asked === 0) {
    await wake.promise
    wake = Promise.withResolvers<void>()
  }
  asked--
}

try {
  const { path, choices, folder } = workerData as ReadingTask
  await using table = await readTable(path, choices, folder)
  tell({ kind: 'shape', shape: table.shape, remarks: table.remarks() })
  for await (const rows of table.batches) {
    await turn()
    tell({ kind: 'rows', rows, remarks: table.remarks() })
  }
  tell({ kind: 'end', remarks: table.remarks() })
} catch (error) {
  if (!(error instanceof UnreadableFile)) throw error
  tell({ kind: 'problem', problem: error.problem, detail: error.detail })
}
port.close()

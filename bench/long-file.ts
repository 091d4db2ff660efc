// Writes a long file for the scenario `read-file`, in a process of its own: the memory that writing takes is not to be
// measured. Arguments: format, rows, path.

import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { leadRows, leadText } from '../test/support/long-files.ts'
import { writeXlsx } from '../test/support/xlsx-writer.ts'

const [format, rows, path] = process.argv.slice(2) as [string, string, string]
if (format === 'xlsx') await writeXlsx(path, [{ name: 'Leads', rows: leadRows(Number(rows)) }])
else await pipeline(Readable.from(leadText(Number(rows))), createWriteStream(path))

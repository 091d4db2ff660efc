// The ids of forgotten leads that come from elsewhere: a newer backup, or a list with an id on each line.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type LeadKey, readLeadId } from '../../core/lead.ts'
import { BackupError, isArchive, openArchive } from './archive.ts'

/** @throws BackupError */
export async function readLedger(path: string): Promise<LeadKey[]> {
  const leads: LeadKey[] = []
  let line = 0
  for await (const text of createInterface({
    input: await linesOf(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line++
    if (text.trim() === '') continue
    const lead = readLeadId(text.trim())
    if (lead === undefined)
      throw new BackupError(`${path}: line ${line} is no id of a lead, such as 41-1207. Nothing was touched.`)
    leads.push(lead)
  }
  return leads
}

async function linesOf(path: string) {
  const is_archive = await isArchive(path).catch((error: NodeJS.ErrnoException) => {
    throw new BackupError(`${path} cannot be read (${error.code}).`)
  })
  if (!is_archive) return createReadStream(path)
  const { manifest, rows } = await openArchive(path)
  return rows(manifest.forgotten)
}

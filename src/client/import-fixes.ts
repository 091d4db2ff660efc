// Corrections of the rows of an import.

import type { Import, ImportFix, ImportFixAsked, ImportFixPreview, ImportFixPreviewAsked } from './api.ts'
import { asked } from './asked.ts'
import type { LeadlineClient } from './client.ts'
import { path } from './path.ts'

/** Corrections of rows alike that can be undone, newest first. */
export const importFixes = (client: LeadlineClient, import_id: number) =>
  asked<{ items: ImportFix[] }>(client, 'GET', path`/v1/imports/${import_id}/fixes`)

/** How many rows a correction would change. */
export const previewFix = (client: LeadlineClient, import_id: number, query: ImportFixPreviewAsked) =>
  asked<ImportFixPreview>(client, 'GET', path`/v1/imports/${import_id}/fix-previews`, {
    query: { ...query },
  })

/** Corrects a column in all rows that are alike. */
export const fixImportRows = (client: LeadlineClient, import_id: number, body: ImportFixAsked) =>
  asked<Import>(client, 'POST', path`/v1/imports/${import_id}/fixes`, { body })

/** Gives the rows of a correction back what they had. */
export const undoImportFix = (client: LeadlineClient, import_id: number, fix_id: number) =>
  asked<Import>(client, 'DELETE', path`/v1/imports/${import_id}/fixes/${fix_id}`)

// Exports: files that are taken as they come. They are functions, because most pages of the app do without them.

import type { Answer, Problem, Reply, RequestOptions } from './answer.ts'
import type { ExportAsked, ExportFile, ExportPreview, ExportPreviewAsked } from './api.ts'
import { type LeadlineClient, NoAnswer } from './client.ts'
import { path } from './path.ts'

/** The file, or why there is none. */
type ExportAnswer = { ok: true; body: ReadableStream<Uint8Array> } | (Answer<Problem> & { ok: false })

/**
 * Exports leads or calls. The file is whole when its stream ends, and not when the stream fails. `signal` ends it.
 * @throws NoAnswer
 */
export const exportFile = (
  client: LeadlineClient,
  file: ExportFile,
  query: ExportAsked = {},
  signal = new AbortController().signal,
) => fileAt(client, path`/v1/exports/${file}`, { ...query }, signal)

/**
 * The refused rows of an import, or all of them with what came of each, as an Excel workbook.
 * @throws NoAnswer
 */
export const importWorkbook = (
  client: LeadlineClient,
  import_id: number,
  file: 'rejects' | 'results',
  signal = new AbortController().signal,
) => fileAt(client, path`/v1/imports/${import_id}/${`${file}.xlsx`}`, {}, signal)

async function fileAt(
  client: LeadlineClient,
  address: string,
  query: RequestOptions['query'],
  signal: AbortSignal,
): Promise<ExportAnswer> {
  try {
    const response = await client.send('GET', address, { query }, signal)
    const { body } = response
    const is_ours = response.ok && response.headers.has('X-Request-Id')
    if (is_ours && body) return { ok: true, body }
    return { ...client.answered<Problem>(response, await response.text()), ok: false }
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer('the server does not answer', { cause: error })
  }
}

/** How many leads an export would have, and the columns it can have. */
export const exportPreview = (client: LeadlineClient, query: ExportPreviewAsked = {}) =>
  client.request('GET', '/v1/exports', { query: { ...query } }) as Promise<Reply<ExportPreview>>

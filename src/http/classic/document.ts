// The document of a classic call: JSON whatever its type says, or a form.

import { decode, type Said } from '../../core/charset.ts'
import type { JsonObject, JsonValue } from '../../core/document.ts'
import { type Result, refuse } from '../../core/result.ts'
import { bytesOf, isJson, readJson } from '../body/json.ts'
import type { Call } from '../context.ts'
import { KEY_PARAMETER } from '../door/keys.ts'
import { documentOfForm, refuseLongForm, urlencodedEntries, WHAT_TO_DO } from './form.ts'
import { multipartEntries } from './multipart.ts'

export async function classicDocument(call: Call): Promise<Result<JsonValue>> {
  const { content, warnings } = call.notes
  const said: Said = {
    declared: content.declared,
    fallback: call.caller.fallback_charset ?? call.services.classic.fallback_charset,
  }
  const bytes = bytesOf(call.request.body)
  const is_form = content.kind !== 'json' && bytes.length > 0 && !isJson(bytes)
  const document = is_form ? formOf(call, Buffer.from(bytes), said) : await jsonOf(call, bytes, said)
  if (document.refusal) return document
  for (const row of [document.ok].flat()) if (row instanceof Map && dropKey(row)) warnings.push(KEY_DROPPED)
  return document
}

async function jsonOf(call: Call, bytes: Uint8Array, said: Said): Promise<Result<JsonValue>> {
  const decoded = decode(bytes, said)
  if (!decoded && said.declared !== undefined && said.declared !== 'utf-8')
    return refuse(
      'MALFORMED_REQUEST',
      `the body is not ${said.declared}, as Content-Type says: ${WHAT_TO_DO}`,
    )
  if (decoded?.is_mistaken) call.notes.warnings.push({ code: 'utf8', field: 'Content-Type' })
  const document = await readJson(bytes, decoded)
  if (decoded || !document.refusal) return document
  return { refusal: { ...document.refusal, detail: `${document.refusal.detail}: ${WHAT_TO_DO}` } }
}

function formOf(call: Call, bytes: Buffer, said: Said): Result<JsonObject> {
  const { content, warnings } = call.notes
  const long = refuseLongForm(bytes)
  if (long.refusal) return long
  const entries =
    content.kind === 'urlencoded'
      ? urlencodedEntries(bytes)
      : multipartEntries(bytes, content.boundary, warnings)
  return entries.refusal ? entries : documentOfForm(entries.ok, said, warnings)
}

const KEY_DROPPED = { code: 'api_key', field: 'apiKey' } as const

/** A key is not kept with a lead: everybody who reads leads would see it. */
function dropKey(row: JsonObject): boolean {
  const names = row
    .keys()
    .filter((name) => KEY_PARAMETER.test(name))
    .toArray()
  for (const name of names) row.delete(name)
  return names.length > 0
}

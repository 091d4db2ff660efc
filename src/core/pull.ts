// Pulls as set-up: addresses of other systems that leads are fetched from.

import type { UrlConfig } from './action.ts'
import { type ConfigProblem, urlProblems } from './action-request.ts'
import { placeholders, templateProblem } from './action-template.ts'
import { isSystemKey, rowKeyNamed } from './classic.ts'
import { segment } from './lead-body.ts'
import type { FieldProblem } from './result.ts'
import type { Rules } from './rules.ts'

export const PULL_FORMATS = ['json', 'ndjson', 'csv'] as const
export type PullFormat = (typeof PULL_FORMATS)[number]

/** `${last_id}` in its texts is the id of the last row that was taken. */
export interface PullRequest extends UrlConfig {
  method: 'GET' | 'POST'
}

export interface PullSetUp {
  allocation_id: number
  name: string
  request: PullRequest
  format: PullFormat
  /** JSON pointer to the rows in a JSON document; '': the document itself. */
  rows_at: string
  /** The key of a row that holds its id. */
  id_key: string
  /** Key of a row to the field that it means; null: the key is left out. Other keys are found as in the classic API. */
  keys: Record<string, string | null>
  allow_duplicates: boolean
  every_minutes: number
  enabled: boolean
}

export const LAST_ID = 'last_id'

/** Everything that is wrong with a set-up by itself. `rules`: of the campaign that it fills. */
export function pullProblems(
  { request, format, rows_at, keys }: PullSetUp,
  { fields }: Rules,
): FieldProblem[] {
  const isTaken = (name: string) =>
    fields.find(name) !== undefined || isSystemKey(name) || rowKeyNamed(name) !== undefined
  return [
    ...[...urlProblems(request), ...placeholderProblems(request)].map(({ field, detail }) =>
      invalid(`/request/${field}`, detail),
    ),
    ...(rows_at !== '' && format !== 'json' ? [invalid('/rows_at', 'is for the format json')] : []),
    ...(/^(\/|$)/.test(rows_at) ? [] : [invalid('/rows_at', 'is a JSON pointer: /data/items')]),
    ...Object.entries(keys).flatMap(([key, name]) =>
      name === null || isTaken(name)
        ? []
        : [invalid(`/keys/${segment(key)}`, 'is no field of the template and no system field')],
    ),
  ]
}

const invalid = (field: string, detail: string): FieldProblem => ({ name: 'INVALID_FIELD', field, detail })

function placeholderProblems({ url, headers = {}, body }: PullRequest): ConfigProblem[] {
  const templates: [string, string | undefined][] = [
    ['url', url],
    ...Object.entries(headers).map(([name, value]): [string, string] => [`headers/${name}`, value]),
    ['body', body],
  ]
  return templates.flatMap(([field, template = '']) => {
    const unreadable = templateProblem(template)
    if (unreadable) return [{ field, detail: unreadable }]
    const unknown = placeholders(template).some((name) => name !== LAST_ID)
    return unknown ? [{ field, detail: `takes one placeholder, \${${LAST_ID}}` }] : []
  })
}

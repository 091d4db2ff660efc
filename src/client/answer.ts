// The answers of the SDK's methods, and the options of a request.

import type { ConflictDocument, DncList, Warning } from './api.ts'

export interface Answer<Body = unknown> {
  /** Not refused. */
  ok: boolean
  status: number
  body: Body
  /** The result code; 0 for success. */
  code: number
  request_id: string | null
  /** Seconds after which a retry makes sense, when the server says so. */
  retry_after_s: number | null
  /** Fields that were not kept as they were sent; of many rows each names its row, counted from 1. */
  warnings: (Warning & { row?: number })[]
}

export interface Problem {
  code: number
  name: string
  detail: string
  fix: string
  request_id: string
  /** The same again can help, and does nothing twice. */
  retryable: boolean
  /** With 109 and 1013, which are not the request's fault. `unknown`: it may have been written, so look first. */
  written?: 'no' | 'unknown'
  errors?: { code: number; name: string; field: string; detail: string }[]
  [extra: string]: unknown
}

/** A refusal of a change of a lead. */
export interface LeadProblem extends Problem {
  lead_id?: string
  lead_version?: number
  list?: DncList
  /** 110: the changes that met. */
  conflict?: ConflictDocument
}

/** A refusal has a problem for a body. */
export type Reply<Body> = Answer & ({ ok: true; body: Body } | { ok: false; body: LeadProblem })

export interface Page<Row> {
  items: Row[]
  next_cursor: number | null
}

/** A file, or a part of one. */
export type FileBytes = Blob | Uint8Array<ArrayBuffer>

type QueryValue = string | number | boolean

export interface RequestOptions {
  /** A list is given as one parameter for each of its values. */
  query?: Record<string, QueryValue | readonly QueryValue[] | undefined>
  body?: unknown
  /** Instead of a body in JSON. */
  bytes?: FileBytes
  headers?: Record<string, string>
}

/** The header that names the version that a change was made from; none: it is made whatever is there. */
export const ifMatch = (version: number | undefined): Record<string, string> =>
  version === undefined ? {} : { 'If-Match': `"v${version}"` }

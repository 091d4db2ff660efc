// Master lists.

import type { FileBytes, Page } from './answer.ts'
import type { MasterList, MasterListsAsked, NewMasterList } from './api.ts'
import { asked } from './asked.ts'
import type { LeadlineClient } from './client.ts'
import { path } from './path.ts'

/** Master lists, the newest first. */
export const getMasterLists = (client: LeadlineClient, query: MasterListsAsked = {}) =>
  asked<Page<MasterList>>(client, 'GET', '/v1/master-lists', { query: { ...query } })

/** Announces a file of them; its parts are sent next. */
export const postMasterList = (client: LeadlineClient, body: NewMasterList) =>
  asked<MasterList>(client, 'POST', '/v1/master-lists', { body })

/** How far a list has come. */
export const getMasterList = (client: LeadlineClient, list_id: number) =>
  asked<MasterList>(client, 'GET', path`/v1/master-lists/${list_id}`)

/** Sends a part of its file as it is; the last one that was missing begins the work. */
export const putMasterListPart = (client: LeadlineClient, list_id: number, part: number, bytes: FileBytes) =>
  asked<MasterList>(client, 'PUT', path`/v1/master-lists/${list_id}/parts/${part}`, { bytes })

/** Removes the list that serves, or cancels one on its way. */
export const deleteMasterList = (client: LeadlineClient, list_id: number) =>
  asked<MasterList>(client, 'DELETE', path`/v1/master-lists/${list_id}`)

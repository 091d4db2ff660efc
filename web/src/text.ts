// Every text of the app, typed: a missing text does not compile. One object for each screen; a text with a figure or a
// name in it is a function. The page of a lead, the screens of conflicts, merging, history, new leads and the set-up load
// their texts themselves, and the dialog for many leads does (text/call.ts, text/merge.ts, text/bulk.ts, …).

import { connection } from './text/connection.ts'
import { lead } from './text/lead.ts'
import { leads } from './text/leads.ts'
import { shell } from './text/shell.ts'
import { sign_in } from './text/sign-in.ts'

export const text = { shell, connection, sign_in, leads, lead } as const

// Every text of the app, typed: a missing text does not compile. One object for each screen; a text with a figure or a
// name in it is a function. The merge screen and those of
// conflicts load their texts themselves (text/merge.ts, text/conflicts.ts).

import { connection } from './text/connection.ts'
import { drafts } from './text/drafts.ts'
import { history } from './text/history.ts'
import { lead } from './text/lead.ts'
import { leads } from './text/leads.ts'
import { new_lead } from './text/new-lead.ts'
import { shell } from './text/shell.ts'
import { setup, sign_in } from './text/sign-in.ts'

export const text = { shell, connection, drafts, sign_in, setup, leads, new_lead, lead, history } as const

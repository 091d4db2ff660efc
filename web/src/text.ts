// All that the app says, in one place and typed: what has no text here does not compile.
// One object for each screen; what holds a figure or a name is a function.

import { conflicts } from './text/conflicts.ts'
import { history } from './text/history.ts'
import { lead } from './text/lead.ts'
import { leads } from './text/leads.ts'
import { merge } from './text/merge.ts'
import { new_lead } from './text/new-lead.ts'
import { shell } from './text/shell.ts'
import { setup, sign_in } from './text/sign-in.ts'

export const text = { shell, sign_in, setup, leads, new_lead, lead, merge, history, conflicts } as const

// All that the app says, in one place and typed: what has no text here does not compile.
// One object for each screen; what holds a figure or a name is a function. Those of the merge screen (text/merge.ts) are
// loaded with it.

import { conflicts } from './text/conflicts.ts'
import { history } from './text/history.ts'
import { lead } from './text/lead.ts'
import { leads } from './text/leads.ts'
import { new_lead } from './text/new-lead.ts'
import { shell } from './text/shell.ts'
import { setup, sign_in } from './text/sign-in.ts'

export const text = { shell, sign_in, setup, leads, new_lead, lead, history, conflicts } as const

// Every route of the server. docs/generated/routes.md shows them as a table.

import { inserts } from './classic/insert.ts'
import { lists } from './classic/lists.ts'
import { updates } from './classic/update.ts'
import type { Route } from './route.ts'
import { actionRuns } from './v1/action-runs.ts'
import { actions } from './v1/actions.ts'
import { allocations } from './v1/allocations.ts'
import { apiKeys } from './v1/api-keys.ts'
import { attemptRules } from './v1/attempt-rules.ts'
import { auditLog } from './v1/audit.ts'
import { bulkChanges } from './v1/bulk-changes.ts'
import { bulkDecisions } from './v1/bulk-decisions.ts'
import { campaigns } from './v1/campaigns.ts'
import { conflictInbox } from './v1/conflict-inbox.ts'
import { conflictRules } from './v1/conflict-rules.ts'
import { conflicts } from './v1/conflicts.ts'
import { consents } from './v1/consents.ts'
import { contactHours } from './v1/contact-hours.ts'
import { dispositionSets } from './v1/disposition-sets.ts'
import { dnc } from './v1/dnc.ts'
import { dncFiles } from './v1/dnc-files.ts'
import { dncLatest } from './v1/dnc-latest.ts'
import { events } from './v1/events.ts'
import { leadExports } from './v1/exports.ts'
import { feed } from './v1/feed.ts'
import { fills } from './v1/fills.ts'
import { importFiles } from './v1/import-files.ts'
import { fixesOfImports } from './v1/import-fixes.ts'
import { imports } from './v1/imports.ts'
import { leadEdits } from './v1/lead-edits.ts'
import { leadMerges } from './v1/lead-merges.ts'
import { leads } from './v1/leads.ts'
import { masterLists } from './v1/master-lists.ts'
import { notes } from './v1/notes.ts'
import { operators } from './v1/operators.ts'
import { personalData } from './v1/personal-data.ts'
import { pulls } from './v1/pulls.ts'
import { queues } from './v1/queue.ts'
import { search } from './v1/search.ts'
import { session } from './v1/session.ts'
import { stats } from './v1/stats.ts'
import { system } from './v1/system.ts'
import { teams } from './v1/teams.ts'
import { templates } from './v1/templates.ts'
import { washes } from './v1/washes.ts'

export const CONTRACT: readonly Route[] = [
  ...inserts,
  ...updates,
  ...lists,

  ...leadEdits,
  ...search,
  ...leads,
  ...notes,
  ...consents,
  ...leadExports,
  ...leadMerges,
  ...conflicts,
  ...conflictInbox,
  ...bulkDecisions,
  ...conflictRules,
  ...events,
  ...stats,
  ...feed,
  ...queues,
  ...dnc,
  ...dncLatest,
  ...dncFiles,
  ...personalData,

  ...teams,
  ...templates,
  ...attemptRules,
  ...campaigns,
  ...allocations,
  ...bulkChanges,
  ...fills,
  ...washes,
  ...contactHours,
  ...dispositionSets,
  ...actions,
  ...actionRuns,
  ...pulls,
  ...masterLists,

  ...imports,
  ...fixesOfImports,
  ...importFiles,

  ...session,
  ...operators,
  ...apiKeys,
  ...auditLog,

  ...system,
]

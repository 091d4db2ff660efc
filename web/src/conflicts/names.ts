// Senders, fields and decisions of conflicts in words.

import type { Conflict, Template } from '../../../src/client/api.ts'
import { useSetUp } from '../api/set-up.ts'
import { actorName, groupLabel, listed } from '../lead/show.tsx'
import { conflicts as words } from '../text/conflicts.ts'

/** Conflicts of one sender in the same fields. */
export interface Kind {
  kind: string
  template_id: number
  caller: string
  caller_name: string | null
  groups: readonly string[]
}

/** The label of a group of which no path is known. */
export const labelOfGroup = (group: string, template: Template | undefined) =>
  groupLabel(
    { group, paths: /^(fields|unmapped|lead)\./.test(group) ? [group.replace(/^lead\./, '')] : [] },
    {
      template,
    },
  )

/** Names groups by the template's labels. */
export function useGroupNames(): (template_id: number, groups: readonly string[]) => string {
  const { data } = useSetUp()
  return (template_id, groups) => {
    const template = data?.templates.find((one) => one.template_id === template_id)
    return listed(groups.map((group) => labelOfGroup(group, template)))
  }
}

/** "CRM nightly sync · Address" */
export function useKindName(): (kind: Omit<Kind, 'kind'>) => string {
  const groupNames = useGroupNames()
  return ({ template_id, groups, ...sender }) => `${senderName(sender)} · ${groupNames(template_id, groups)}`
}

/** A key by its bare name. */
export const senderName = ({ caller, caller_name }: { caller: string; caller_name: string | null }) =>
  caller_name ?? actorName({ actor: caller, actor_name: caller_name })

export const sideName = (take: string) =>
  Object.hasOwn(words.sides, take) ? words.sides[take as keyof typeof words.sides] : take

/** The side that was taken, by group. */
export const decisionsOf = (resolution: Conflict['resolution']): [group: string, take: string][] =>
  Object.entries((resolution?.decisions ?? {}) as Record<string, { take: string }>).map(
    ([group, { take }]) => [group, take],
  )

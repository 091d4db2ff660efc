// Who takes care of a conflict.

import { Button, Menu } from '@mantine/core'
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Conflict, ConflictAssigned } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { assigneesQuery, conflictsChanged } from '../api/inbox.ts'
import { useOperator } from '../api/session.ts'
import { Problem } from '../shell/problem.tsx'
import { conflicts } from '../text/conflicts.ts'

const words = conflicts.assign

interface AssignProps {
  conflict: Pick<Conflict, 'conflict_id' | 'assigned_to' | 'assigned_to_name'>
  onAssigned: (now: ConflictAssigned) => void
}

export function Assign({ conflict, onAssigned }: AssignProps) {
  const { conflict_id, assigned_to, assigned_to_name } = conflict
  const { operator_id } = useOperator()
  const { data = [] } = useQuery(assigneesQuery)
  const assign = useMutation({
    mutationFn: (to: number | null) =>
      must(client.assignConflict(conflict_id, { operator_id: to, was: assigned_to })),
    onSuccess: onAssigned,
    onSettled: conflictsChanged,
  })
  const others = data.filter((one) => one.operator_id !== operator_id && one.operator_id !== assigned_to)
  const said =
    assigned_to === null
      ? words.nobody
      : assigned_to === operator_id
        ? words.you
        : words.who(assigned_to_name ?? '')
  return (
    <>
      <Menu position="bottom-end" width={220} withinPortal={false}>
        <Menu.Target>
          <Button loading={assign.isPending} rightSection={<IconChevronDown size={14} aria-hidden />}>
            {said}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {assigned_to !== operator_id && (
            <Menu.Item onClick={() => assign.mutate(operator_id)}>{words.me}</Menu.Item>
          )}
          {assigned_to !== null && <Menu.Item onClick={() => assign.mutate(null)}>{words.none}</Menu.Item>}
          {others.length > 0 && <Menu.Label>{words.others}</Menu.Label>}
          {others.map((other) => (
            <Menu.Item key={other.operator_id} onClick={() => assign.mutate(other.operator_id)}>
              {other.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {assign.error && <Problem error={assign.error} />}
    </>
  )
}

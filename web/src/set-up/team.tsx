// The team that something new belongs to. Who has one team has nothing to choose.

import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { teamsQuery } from '../api/people.ts'
import { useOperator } from '../api/session.ts'
import { typed } from '../shell/parts.tsx'
import { set_up as words } from '../text/set-up.ts'

interface NewTeam {
  /** The names to choose from: Global is the first, for those who see every team. */
  names: readonly string[]
  /** Undefined: the teams are not known yet. */
  team: string | undefined
  choose: (team: string) => void
  /** Whether it can use what belongs to this team: its own, and what is Global. */
  canUse: (of: { team: string }) => boolean
  /** As the API takes it: the only team goes without saying. */
  given: { team?: string }
}

export function useNewTeam(): NewTeam {
  const own = useOperator().teams
  const { data: teams = [] } = useQuery({ ...teamsQuery, enabled: own.length === 0 })
  const [chosen, choose] = useState<string | null>(null)
  const names = own.length > 0 ? own : teams.map(({ name }) => name)
  const team = chosen ?? names[0]
  // Of other teams than their own, people see what is Global alone.
  const isGlobal = (name: string) => (own.length > 0 ? !own.includes(name) : name === names[0])
  return {
    names,
    team,
    choose,
    canUse: (of) => team === undefined || of.team === team || isGlobal(of.team),
    given: names.length > 1 && team !== undefined ? { team } : {},
  }
}

interface TeamSelectProps {
  of: NewTeam
  error?: string
}

export const TeamSelect = ({ of: { names, team, choose }, error }: TeamSelectProps) =>
  names.length > 1 && (
    <NativeSelect label={words.team} value={team} data={[...names]} onChange={typed(choose)} error={error} />
  )

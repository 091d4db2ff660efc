// One deed for many leads: a few at a time, with the progress, and each refusal kept with its lead.

import { useRef, useState } from 'react'
import type { FoundLead } from '../../../src/client/api.ts'
import { queries } from '../api/client.ts'

export interface Refusal {
  lead: FoundLead
  error: unknown
}

export interface Progress {
  of: number
  done: number
  refused: readonly Refusal[]
  /** Those that were not begun when somebody stopped it. */
  left: readonly FoundLead[]
  /** Nothing more is going to happen. */
  ended: boolean
}

/** Several leads that are asked for at once; each is done or refused by itself. */
export interface Task {
  leads: readonly FoundLead[]
  /** Answers those of them to which nothing was done; throws when that are all. */
  run: () => Promise<readonly Refusal[]>
}

/** A task of one lead. */
export const alone = (lead: FoundLead, deed: () => Promise<unknown>): Task => ({
  leads: [lead],
  run: async () => {
    await deed()
    return []
  },
})

const AT_ONCE = 4

export function useBulk() {
  const [progress, setProgress] = useState<Progress | null>(null)
  const running = useRef(false)
  const stopped = useRef(false)

  async function run(tasks: readonly Task[]): Promise<void> {
    // A second click, or a held Enter, starts nothing twice.
    if (running.current) return
    running.current = true
    stopped.current = false
    let now: Progress = {
      of: tasks.flatMap(({ leads }) => leads).length,
      done: 0,
      refused: [],
      left: [],
      ended: false,
    }
    const tell = (more: Partial<Progress>) => {
      now = { ...now, ...more }
      setProgress(now)
    }
    tell({})
    const waiting = [...tasks]
    const work = async () => {
      while (waiting.length > 0 && !stopped.current) {
        const task = waiting.shift()!
        const { leads } = task
        try {
          const left = await task.run()
          tell({ done: now.done + leads.length - left.length, refused: [...now.refused, ...left] })
        } catch (error) {
          tell({ refused: [...now.refused, ...leads.map((lead) => ({ lead, error }))] })
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    running.current = false
    tell({ ended: true, left: waiting.flatMap(({ leads }) => leads) })
    void queries.invalidateQueries({ queryKey: ['lead'] })
    void queries.invalidateQueries({ queryKey: ['leads'] })
  }

  return {
    progress,
    run,
    /** What has begun is finished; nothing more begins. */
    stop() {
      stopped.current = true
    },
  }
}

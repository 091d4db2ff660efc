// Starts and stops an allocation.

import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Allocation } from '../../../src/client/api.ts'
import { client, must, queries } from '../api/client.ts'
import { newSetUp, setUpQuery } from '../api/set-up.ts'
import { isStale } from '../set-up/editing.ts'
import { Refusal } from '../set-up/refusal.tsx'
import { useMeant } from '../shell/again.ts'
import { toast } from '../shell/toast.tsx'
import { campaigns } from '../text/campaigns.ts'
import { set_up as shared } from '../text/set-up.ts'

const words = campaigns.allocation

/** The newest version counts: a message may offer the way back long after. */
const versionOf = (id: number) =>
  queries.getQueryData(setUpQuery.queryKey)?.allocations.find((one) => one.allocation_id === id)?.version

export function StartStop({ allocation }: { allocation: Allocation }) {
  const { allocation_id, name } = allocation
  const change = useMutation({
    mutationFn: (started: boolean) =>
      must(client.changeAllocation(allocation_id, { started }, {}, versionOf(allocation_id))),
    onSuccess: async ({ started, counts }) => {
      const back = { label: started ? words.stop : words.start, run: () => change.mutate(!started) }
      const ready = counts && counts.new + counts.callback
      await newSetUp()
      toast(started ? words.has_started(name, ready) : words.has_stopped(name), [back])
    },
    onError: async (error) => {
      if (!isStale(error)) return
      await newSetUp()
      toast(shared.moved(name))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['allocation', allocation_id] }),
  })
  const { started } = allocation
  const isMeant = useMeant()
  return (
    <>
      <Button
        size="compact-sm"
        aria-label={started ? words.stop_of(name) : words.start_of(name)}
        // A button that is disabled meanwhile would lose the focus.
        aria-busy={change.isPending}
        onClick={() => {
          if (isMeant() && !change.isPending) change.mutate(!started)
        }}
      >
        {started ? words.stop : words.start}
      </Button>
      {change.error && !isStale(change.error) && <Refusal error={change.error} />}
    </>
  )
}

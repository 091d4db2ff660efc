// Asks again and again, as long as somebody is there: a screen that nobody uses must not keep the session alive.

import { useIdle } from '@mantine/hooks'

const IDLE_MS = 300_000

/** The interval of a query that is repeated; false: nobody is there. */
export const useAskMs = (every_ms: number) => (useIdle(IDLE_MS, { initialState: false }) ? false : every_ms)

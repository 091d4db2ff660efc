import { createSwitch } from '../store.ts'

/** Whether this browser no longer shows how to get started. */
export const startHidden = createSwitch('leadline.start-hidden', false)

// What opens on the washes of an allocation, loaded together when the first one opens.

import type { Allocation, Wash } from '../../../src/client/api.ts'
import { NewWash } from './new-wash.tsx'
import { BringAnswer } from './wash-answer.tsx'

interface WashDialogProps {
  allocation: Allocation
  /** The one that is answered; null: a new one is made. */
  wash: Wash | null
  onClose: () => void
}

export const WashDialog = ({ allocation, wash, onClose }: WashDialogProps) =>
  wash ? <BringAnswer wash={wash} onClose={onClose} /> : <NewWash allocation={allocation} onClose={onClose} />

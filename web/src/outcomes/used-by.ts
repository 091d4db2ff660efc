// The templates that use an outcome set.

import type { DispositionSet } from '../../../src/client/api.ts'
import { outcomes as words } from '../text/outcomes.ts'

export const usedBy = ({ used_by }: DispositionSet) =>
  used_by.length === 0
    ? words.used_by_none
    : words.used_by(used_by.length, used_by.map(({ name }) => name).join(', '))

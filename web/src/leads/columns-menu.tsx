// Chooses the columns of the list.

import { Button, Popover } from '@mantine/core'
import IconColumns from '@tabler/icons-react/icons/IconColumns'
import { lazyPart } from '../load-screen.tsx'
import { text } from '../text.ts'
import type { ColumnBoxesProps } from './column-boxes.tsx'

const title = text.leads.choose_columns

const ColumnBoxes = lazyPart(() => import('./column-boxes.tsx'), 'ColumnBoxes')

export const ColumnsMenu = (props: ColumnBoxesProps) => (
  <Popover position="bottom-end" trapFocus returnFocus>
    <Popover.Target>
      <Button size="compact-sm" leftSection={<IconColumns size={14} aria-hidden />}>
        {title}
      </Button>
    </Popover.Target>
    <Popover.Dropdown aria-label={title}>
      <ColumnBoxes {...props} />
    </Popover.Dropdown>
  </Popover>
)

// A dialog of a screen. Most visits open none, so the screen does without its frame until one opens.

import type { ModalProps } from '@mantine/core'
import { lazyScreen, useLoaded } from '../load-screen.tsx'

const Frame = lazyScreen(() => import('./modal-frame.tsx'), 'Frame')

export const Modal = (dialog: ModalProps) => useLoaded(Frame, dialog.opened) && <Frame {...dialog} />

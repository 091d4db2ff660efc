// The frame of the dialogs.

import { Modal, type ModalProps } from '@mantine/core'
import { useEffect, useState } from 'react'

export function Frame({ opened, ...dialog }: ModalProps) {
  // Drawn closed first: the focus goes back only to what had it when a dialog that was there opened.
  const [shown, setShown] = useState(false)
  useEffect(() => setShown(opened), [opened])
  return <Modal {...dialog} opened={shown} />
}

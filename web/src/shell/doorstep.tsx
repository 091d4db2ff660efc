// The frame of the screens before the sign-in: a card in the middle of an empty page.

import type { ReactNode } from 'react'
import { BASE } from '../api/client.ts'
import { text } from '../text.ts'
import styles from './doorstep.module.css'
import { useDocumentTitle } from './page.tsx'

export interface DoorstepProps {
  title: string
  intro?: ReactNode
  foot?: ReactNode
  wide?: boolean
  children: ReactNode
}

export function Doorstep({ title, intro, foot, wide, children }: DoorstepProps) {
  useDocumentTitle([title])
  return (
    <main className={styles.doorstep} data-wide={wide || undefined}>
      <p className={styles.brand}>
        <img src={`${BASE}icon.svg`} alt="" width={28} height={28} />
        {text.shell.product}
      </p>
      <div className={styles.card}>
        <h1 tabIndex={-1}>{title}</h1>
        {intro && <p className={styles.intro}>{intro}</p>}
        {children}
      </div>
      {foot && <p className={styles.foot}>{foot}</p>}
    </main>
  )
}

// A screen: its document title, its one heading, what can be done with all of it.

import { type ReactNode, useEffect } from 'react'
import { text } from '../text.ts'
import styles from './page.module.css'

export interface PageProps {
  /** The heading. */
  title: string
  /** Of the document, the narrowest first, without the product: ['Merge', 'Jane Citizen', 'Leads']. Else the title. */
  document_title?: readonly string[]
  /** Beside the heading: a badge, a number. */
  aside?: ReactNode
  /** At the right: what can be done here. */
  actions?: ReactNode
  /** Above the heading: the way back. */
  back?: ReactNode
  /** How wide the content gets: lists take all, forms stay readable. */
  width?: 'form' | 'page' | 'full'
  children: ReactNode
}

export function Page({ title, document_title, aside, actions, back, width = 'full', children }: PageProps) {
  useDocumentTitle(document_title ?? [title])
  return (
    <div className={styles.page} data-width={width}>
      <header className={styles.head}>
        <div className={styles.heading}>
          {back}
          <div className={styles.title}>
            <h1 tabIndex={-1}>{title}</h1>
            {aside}
          </div>
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

export function useDocumentTitle(parts: readonly string[]): void {
  const title = text.shell.title(parts)
  useEffect(() => {
    document.title = title
  }, [title])
}

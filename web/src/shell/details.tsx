// What only support needs (ids of requests, versions, codes), behind a chip.

import { Popover } from '@mantine/core'
import IconInfoCircle from '@tabler/icons-react/icons/IconInfoCircle'
import { useState } from 'react'
import { text } from '../text.ts'
import styles from './details.module.css'
import { Copy } from './parts.tsx'

const words = text.shell.details

interface DetailsProps {
  /** Labels and values; those without a value are left out. */
  of: readonly (readonly [label: string, value: string | number | null | undefined])[]
  /** A longer text, such as where a program failed. It is copied, not shown. */
  more?: string
  /** What the details are of, for screen readers: "version 3". */
  about?: string
}

export function Details({ of, more, about }: DetailsProps) {
  const [open, setOpen] = useState(false)
  const shown = of.flatMap(([label, value]) =>
    value || value === 0 ? [[label, String(value)] as const] : [],
  )
  const copied = [...shown.map(([label, value]) => `${label}: ${value}`), more].filter(Boolean).join('\n')
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withArrow trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles.chip} onClick={() => setOpen(!open)}>
          <IconInfoCircle size={14} aria-hidden />
          {words.open}
          {about && <span className="visually-hidden">{about}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown className="small" maw="min(420px, 92vw)" tabIndex={-1} aria-label={words.title}>
        {open && (
          <>
            <dl className={styles.pairs}>
              {shown.map(([label, value]) => (
                <div key={label}>
                  <dt className="dimmed">{label}</dt>
                  <dd className="mono">{value}</dd>
                </div>
              ))}
            </dl>
            <Copy size="compact-sm" label={words.copy} value={copied} />
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

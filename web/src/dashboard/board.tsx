// The dashboard on a wall: large, and with nothing to operate.

import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import type { Stats } from '../../../src/client/api.ts'
import { useStats } from '../api/stats.ts'
import { Loading } from '../shell/page.tsx'
import { Problem } from '../shell/problem.tsx'
import { dashboard as words } from '../text/dashboard.ts'
import { figure } from '../text/words.ts'
import { text } from '../text.ts'
import { Answers } from './answers.tsx'
import styles from './dashboard.module.css'
import { Freshness } from './freshness.tsx'
import { Hour } from './hour.tsx'

/** As many as can be read from afar. */
const CAMPAIGNS_SHOWN = 4

const leave = () => void (document.fullscreenElement && document.exitFullscreen())

export function BoardScreen() {
  useDocumentTitle(text.shell.title([words.board_title]))
  const { stats, error, retry, stale_since } = useStats()
  return (
    <main className={styles.board} data-stale={stale_since !== null || undefined}>
      <header className={styles.board_head}>
        <h1 tabIndex={-1}>{words.title}</h1>
        {stats && <Freshness stale_since={stale_since} />}
        <Link to="/dashboard" className={styles.leave} onClick={leave}>
          {words.leave_board}
        </Link>
      </header>
      {!stats && (error ? <Problem error={error} onRetry={retry} /> : <Loading />)}
      {stats && (
        <>
          <Answers stats={stats} />
          <Hour hour={stats.hour} board />
          <Calls campaigns={stats.campaigns} />
        </>
      )}
    </main>
  )
}

/** The campaigns that are called most. */
function Calls({ campaigns }: { campaigns: Stats['campaigns'] }) {
  const { columns, table } = words.campaigns
  const called = campaigns.items
    .filter(({ started, counts }) => started && counts !== null)
    .toSorted(
      (one, other) =>
        (other.calls?.calls ?? 0) - (one.calls?.calls ?? 0) ||
        (other.counts?.new ?? 0) - (one.counts?.new ?? 0),
    )
    .slice(0, CAMPAIGNS_SHOWN)
  if (called.length === 0) return null
  return (
    <section className={`${styles.section} card`}>
      <table className={`${styles.board_table} figures`}>
        <caption className="visually-hidden">{table}</caption>
        <thead>
          <tr>
            {[columns.campaign, columns.calls, columns.leased, columns.new, columns.callback].map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {called.map(({ campaign_id, name, counts, calls }) => (
            <tr key={campaign_id}>
              <th scope="row">{name}</th>
              {[calls?.calls, counts?.leased, counts?.new, counts?.callback].map((n, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns never change their places.
                <td key={i}>{figure(n ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

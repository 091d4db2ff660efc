// The last hour as bars, and the same as a table.

import type { Stats } from '../../../src/client/api.ts'
import { dashboard as words } from '../text/dashboard.ts'
import { figure } from '../text/words.ts'
import styles from './dashboard.module.css'
import { minutesOf } from './judge.ts'

const HEIGHT = 100
const STEP = 10
const WIDTH = 7

export function Hour({ hour, board }: { hour: Stats['hour']; board?: true }) {
  const { chart } = words
  const bars = minutesOf(hour)
  const most = Math.max(...bars.map(({ inserted, refused }) => inserted + refused))
  const heightOf = (n: number) => (n === 0 ? 0 : Math.max((n / most) * HEIGHT, 1))
  return (
    <section id="hour" className={`${styles.section} ${styles.hour} card`} aria-labelledby="hour-title">
      <div className={`${styles.head} row`}>
        <h2 id="hour-title">{chart.title}</h2>
        <ul className={`${styles.legend} list small`}>
          <li data-part="inserted">{chart.inserted}</li>
          <li data-part="refused">{chart.refused}</li>
        </ul>
      </div>
      {most === 0 ? (
        <p className="dimmed">{chart.empty}</p>
      ) : (
        <figure className={styles.chart}>
          <span className="dimmed tiny figures">{chart.at_most(most)}</span>
          <svg
            viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={chart.said(hour.inserted, hour.refused)}
          >
            <defs>
              <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse">
                <path d="M0 4L4 0" className={styles.hatch} />
              </pattern>
            </defs>
            {bars.map(({ at, inserted, refused }, i) => {
              const [taken, not] = [heightOf(inserted), heightOf(refused)]
              const x = i * STEP
              return (
                <g key={at}>
                  <rect className={styles.inserted} x={x} width={WIDTH} y={HEIGHT - taken} height={taken} />
                  <rect
                    className={styles.refused}
                    x={x}
                    width={WIDTH}
                    y={HEIGHT - taken - not}
                    height={not}
                  />
                  <rect fill="url(#hatch)" x={x} width={WIDTH} y={HEIGHT - taken - not} height={not} />
                </g>
              )
            })}
          </svg>
          <figcaption className="dimmed tiny">
            <span>{chart.ago(bars.length)}</span>
            <span>{chart.now}</span>
          </figcaption>
        </figure>
      )}
      {!board && most > 0 && (
        <details className={styles.details}>
          <summary>{chart.as_table}</summary>
          <table className="table figures">
            <caption className="visually-hidden">{chart.title}</caption>
            <thead>
              <tr>
                {Object.values(chart.columns).map((label) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars
                .filter(({ inserted, refused }) => inserted + refused > 0)
                .toReversed()
                .map(({ at, inserted, refused }) => (
                  <tr key={at}>
                    <th scope="row">
                      <time dateTime={at}>{words.minute_of(at)}</time>
                    </th>
                    <td>{figure(inserted)}</td>
                    <td>{figure(refused)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  )
}

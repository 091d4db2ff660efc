// Why leads and changes were refused, and whose.

import type { Stats } from '../../../src/client/api.ts'
import type { RefusalName } from '../../../src/core/result.ts'
import { Listing } from '../shell/listing.tsx'
import { dashboard } from '../text/dashboard.ts'
import { figure } from '../text/words.ts'
import styles from './dashboard.module.css'
import { shareOf } from './judge.ts'

const words = dashboard.refusals

const nameOf = (name: string) =>
  Object.hasOwn(words.names, name) ? words.names[name as RefusalName] : words.unknown

export function Refusals({ hour }: { hour: Stats['hour'] }) {
  if (hour.codes.length === 0)
    return (
      <section id="refusals" className={`${styles.section} card`} aria-labelledby="refusals-title">
        <h2 id="refusals-title">{words.title}</h2>
        <p className="dimmed">{words.none}</p>
      </section>
    )
  const there = { error: null, refetch: () => undefined }
  return (
    <section id="refusals" className={styles.section} aria-labelledby="refusals-title">
      <h2 id="refusals-title">{words.title}</h2>
      <p className="dimmed small">{words.intro}</p>
      <div className={styles.two}>
        <Listing
          name={words.reasons}
          columns={words.columns}
          asked={{ data: hour.codes, ...there }}
          empty={words.none}
          keyOf={({ deed, code }) => `${deed} ${code}`}
          cells={({ deed, code, name, answers }) => ({
            why: (
              <>
                {nameOf(name)} <span className="dimmed tiny">{dashboard.code(code)}</span>
              </>
            ),
            deed: words.deeds[deed],
            answers: <span className="figures">{figure(answers)}</span>,
            share: <span className="figures">{dashboard.share(answers / hour.refused)}</span>,
          })}
        />
        <Listing
          name={words.by}
          columns={words.by_columns}
          asked={{ data: hour.senders, ...there }}
          empty={words.none}
          keyOf={({ actor }) => actor}
          cells={({ actor, actor_name, taken, refused }) => ({
            sender: actor_name ?? (actor === 'nobody' ? words.nobody : words.someone),
            refused: <span className="figures">{figure(refused)}</span>,
            taken: <span className="figures">{figure(taken)}</span>,
            share: <span className="figures">{dashboard.share(shareOf(refused, taken))}</span>,
          })}
        />
      </div>
    </section>
  )
}

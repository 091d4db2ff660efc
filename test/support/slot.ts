// A slot of the gate that is taken for as long as a test wants.

import pg from 'pg'
import { onTestFinished } from 'vitest'
import { type Leadline, mobile } from './leadline.ts'

/** A lead at work: it waits, until it is let go or the test ends, for a transaction that is claiming its number. */
export async function leadAtWork({ client, connection, target }: Leadline) {
  const FirstPhone = mobile()
  const session = new pg.Client(connection)
  await session.connect()
  await session.query('begin')
  await session.query('insert into claims values ($1, $2, 0)', [
    target.campaign_id,
    `61${FirstPhone.slice(1)}`,
  ])
  const answer = client.insertLeadFast(target, { FirstPhone })
  let ended: Promise<void> | undefined
  const letGo = async () => {
    ended ??= session.end()
    await ended
    return answer
  }
  onTestFinished(async () => void (await letGo()))
  return { letGo }
}

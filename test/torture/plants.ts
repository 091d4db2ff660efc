// Bugs of kinds that real systems have had: the edit of a source that plants each, and the check that must find it.

/** Every match of `found` is replaced; there must be one. */
interface Edit {
  file: string
  found: RegExp
  put: string
}

/** Servers take request ids from the clients, so that a request without an answer is known by its id, too. */
export const REQUEST_IDS: Edit = {
  file: 'src/http/app.ts',
  found: /request_id: randomUUID\(\)/g,
  put: "request_id: String(message.headers['x-request-id'] ?? randomUUID())",
}

// biome-ignore format: a plant is a line
const LINES: [name: string, bug: string, check: string, file: string, found: RegExp, put: string][] = [
  ['early-answer', 'a commit is acknowledged before the disk has it', 'an acknowledged change is stored', 'src/db/pool.ts', / where current_setting\('synchronous_commit'\) = 'off'/g, '; set synchronous_commit = off'],
  ['blind-write', 'an update does not compare the version', 'an event holds the change of its version', 'src/db/lead-update.ts', /(?:(?:g\.)?version_now = (?:g\.)?|l\.version = m\.)version/g, 'true'],
  ['free-for-all', 'an insert does not look at who holds its numbers', 'a number is taken only when it is free', 'src/db/lead-insert.ts', /holders\.numbers > 0/g, 'false'],
  ['no-heir', 'a number that is given up passes to nobody', 'a number passes to the oldest lead that has it', 'src/db/lead-claims.ts', /limit 1\) as heir/g, 'limit 0) as heir'],
  ['deaf-feed', 'the hand-out does not look at the do-not-call lists', 'a lead that must not be called is not handed out', 'src/intake/hand-out.ts', / \|\| phone\.blocked_by/g, ''],
  ['two-hands', 'a lead is leased while another lease of it runs', 'one lease at a time', 'src/db/open-places.ts', /(q\.zone_set = ranges\.zone_set\n\s+and )q\.state = 'ready'/g, "$1q.state in ('ready', 'leased')"],
  ['counted-twice', 'an outcome that is sent again counts again', 'an outcome counts once', 'src/intake/outcome.ts', /lease_number: lease\.lease_number,\n\s+lease_outcome: .*/g, 'lease_number: null,'],
  ['denied', 'a request is refused after it was written', 'a refused request writes nothing', 'src/intake/batcher.ts', /batch\[i\]!\.resolve\(result\.done\)/g, 'Math.random() < 0.05 ? batch[i]!.reject(new DeadlinePassed()) : batch[i]!.resolve(result.done)'],
  ['no-way-out', 'a lead that is closed stays in the queue', 'the queue follows from leads, leases, lists and clock', 'src/db/lead-update.ts', /m\.\w+ and m\.queue_state is null and/g, 'false and'],
  ['lost-clash', 'an update that clashes is answered as held, and not kept', 'a clash is kept as it was sent', 'src/intake/hold.ts', /there \? holdUpdate\(tx, held\)/g, 'there ? (Math.random() < 0.5 ? 1 : holdUpdate(tx, held))'],
  ['open-tap', 'a stopped allocation hands out leads', 'a stopped allocation hands out nothing', 'src/db/queue.ts', / and a\.started(\$\{also\} offset 0)/g, '$1'],
  ['silent-move', 'a move of leads is no event', 'a version has one event', 'src/db/rearrange.ts', /(from moved)(\),\n\s+queued)/g, '$1 where false$2'],
]
export const PLANTS = LINES.map(([name, bug, check, file, found, put]) => ({
  name,
  bug,
  check,
  file,
  found,
  put,
}))

/** Throws when the edit no longer fits the source. */
export function edited(source: string, { file, found, put }: Edit): string {
  const text = source.replace(found, put)
  if (text === source) throw new Error(`${file} has no ${found} any more`)
  return text
}

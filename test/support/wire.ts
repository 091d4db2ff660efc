// A proxy between Leadline and PostgreSQL that understands the protocol: a test watches the statements go by, cuts the
// connection in front of one, or puts other bytes in the place of an answer.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Connection } from './postgres.ts'

/** The fate of a statement: 'cut' ends both sides before the server gets it. */
export type Fate =
  | 'cut'
  /** The server does it, and the client gets these bytes for its answer. */
  | { answer: Buffer; after: 'cut' | 'go on' }
  | undefined

export interface Wire {
  /** Where Leadline connects to. */
  connection: Connection
  /**
   * Asked for every statement, by its name (a text without a name: its first comment). `before`: the statements of the
   * transaction that is open on this connection.
   */
  fate: (statement: string, before: readonly string[]) => Fate
  /** Told the statements of each transaction that the server has committed. */
  committed: (statements: readonly string[]) => void
  /** Ends all connections that are open. */
  cut: () => void
  close: () => Promise<void>
}

export async function wireTo(connection: Connection): Promise<Wire> {
  const open = new Set<Socket>()
  const wire: Wire = {
    connection,
    fate: () => undefined,
    committed: () => undefined,
    cut: () => {
      for (const socket of open) socket.destroy()
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      wire.cut()
      await closed
    },
  }
  const server = createServer((client) => {
    const backend = connect(join(connection.host, `.s.PGSQL.${connection.port}`))
    for (const socket of [client, backend]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        backend.destroy()
      })
    }
    relay(wire, client, backend)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  wire.connection = { ...connection, host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  return wire
}

interface Asked {
  name: string
  failed: boolean
  fate: Fate
}

function relay(wire: Wire, client: Socket, backend: Socket): void {
  const waiting: Asked[] = []
  let ran: string[] = []
  let name: string | undefined
  const cut = () => {
    client.destroy()
    backend.destroy()
  }
  /** False: the statement is cut off. */
  const begin = (statement: string): boolean => {
    const fate = wire.fate(statement, ran)
    if (fate === 'cut') cut()
    else waiting.push({ name: statement, failed: false, fate })
    return fate !== 'cut'
  }
  // Only the first message of a client has no type: that byte is a zero of its length.
  const fromClient = frames(false)
  client.on('data', (chunk: Buffer) => {
    for (const frame of fromClient(chunk)) {
      const type = String.fromCharCode(frame[0]!)
      if (type === 'P') name = texts(frame, 5)[0] || commentOf(texts(frame, 5)[1]!)
      if (type === 'B') name = texts(frame, 5)[1] || name
      if (type === 'Q' && !begin(commentOf(texts(frame, 5)[0]!))) return
      if (type === 'S' && !begin(name ?? '')) return
      backend.write(frame)
    }
  })
  const fromServer = frames(true)
  backend.on('data', (chunk: Buffer) => {
    for (const frame of fromServer(chunk)) {
      const type = String.fromCharCode(frame[0]!)
      const [asked] = waiting
      if (asked && type === 'E') asked.failed = true
      const replaced = typeof asked?.fate === 'object' ? asked.fate : undefined
      if (!replaced) client.write(frame)
      if (!asked || type !== 'Z') continue
      waiting.shift()
      ran.push(asked.name)
      const is_over = String.fromCharCode(frame[5]!) === 'I'
      if (is_over && !asked.failed && asked.name !== 'rollback') wire.committed(ran)
      if (is_over) ran = []
      if (!replaced) continue
      client.write(replaced.answer)
      if (replaced.after === 'cut') client.end(() => backend.destroy())
      else client.write(frame)
    }
  })
}

/** Whole messages out of a stream of them; with `typed` false the first one has no type. */
function frames(typed: boolean) {
  let rest: Buffer = Buffer.alloc(0)
  let has_type = typed
  return (chunk: Buffer): Buffer[] => {
    rest = Buffer.concat([rest, chunk])
    const found: Buffer[] = []
    for (;;) {
      const at = has_type ? 1 : 0
      if (rest.length < at + 4) return found
      const end = at + rest.readInt32BE(at)
      if (rest.length < end) return found
      found.push(rest.subarray(0, end))
      rest = rest.subarray(end)
      has_type = true
    }
  }
}

/** The texts of a message, each ended by a zero. */
const texts = (frame: Buffer, from: number) => frame.subarray(from).toString('latin1').split('\0')

const commentOf = (text: string) => /\/\* (\S+) \*\//.exec(text)?.[1] ?? text

/** An answer without a row, and the end of it. */
export const NO_ROWS = Buffer.from('2\0\0\0\x04C\0\0\0\x0dSELECT 0\0Z\0\0\0\x05I', 'latin1')

/** An error as the server sends it. `severity`: in its own language. */
export function errorResponse(severity: string, sqlstate: string, message = 'a made-up error'): Buffer {
  const fields = Buffer.from(`S${severity}\0V${severity}\0C${sqlstate}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(4 + fields.length, 1)
  return Buffer.concat([head, fields])
}

// Targets of actions: an HTTP server and a mail server of the test, both on loopback.

import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'

export interface Received {
  method: string
  url: string
  headers: http.IncomingHttpHeaders
  body: string
}

interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer
}

export interface HttpTarget {
  url: string
  /** host:port */
  host: string
  received: Received[]
  /** Connections that are open. */
  open: () => number
  /** How it answers from now on; null: never. */
  answer: ((request: Received) => Answer | Promise<Answer>) | null
  stop: () => Promise<void>
}

export async function httpTarget(): Promise<HttpTarget> {
  const received: Received[] = []
  const sockets = new Set<net.Socket>()
  const server = http.createServer(async (request, response) => {
    let body = ''
    request.setEncoding('utf8')
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers } = request
    const got = { method, url, headers, body }
    received.push(got)
    if (target.answer === null) return
    const { status, headers: sent = {}, body: text = '' } = await target.answer(got)
    response.writeHead(status, sent).end(text)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const target: HttpTarget = {
    url: `http://${host}`,
    host,
    received,
    open: () => sockets.size,
    answer: () => ({ status: 200 }),
    stop,
  }
  return target
}

export interface MailTarget {
  url: string
  /** The mails: the text after DATA, and the recipients. */
  received: { to: string[]; text: string }[]
  /** The answer to the next mails, to their recipients, and to whoever connects. */
  reply: string
  recipient: (address: string) => string
  greeting: string
  stop: () => Promise<void>
}

/** As much SMTP as it takes to get a mail. */
export async function mailTarget(): Promise<MailTarget> {
  const received: MailTarget['received'] = []
  const server = net.createServer((socket) => {
    let [waiting, in_data, to] = ['', false, [] as string[]]
    const say = (line: string) => socket.write(`${line}\r\n`)
    const line = (text: string) => {
      if (/^(EHLO|HELO|MAIL|RSET)/i.test(text)) say('250 ok')
      else if (/^RCPT/i.test(text)) {
        const address = /<(.*)>/.exec(text)?.[1] ?? ''
        const answer = target.recipient(address)
        if (answer.startsWith('2')) to.push(address)
        say(answer)
      } else if (/^DATA/i.test(text)) {
        in_data = true
        say('354 go on')
      } else if (/^QUIT/i.test(text)) socket.end('221 bye\r\n')
      else say('502 what?')
    }
    say(target.greeting)
    socket.setEncoding('utf8').on('error', () => undefined)
    socket.on('data', (chunk: string) => {
      waiting += chunk
      for (;;) {
        const end = in_data ? '\r\n.\r\n' : '\r\n'
        const at = waiting.indexOf(end)
        if (at < 0) return
        const text = waiting.slice(0, at)
        waiting = waiting.slice(at + end.length)
        if (!in_data) line(text)
        else {
          received.push({ to, text })
          in_data = false
          to = []
          say(target.reply)
        }
      }
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const stop = async () => void (await once(server.close(), 'close'))
  const target: MailTarget = {
    url: `smtp://127.0.0.1:${port}`,
    received,
    reply: '250 taken',
    recipient: () => '250 ok',
    greeting: '220 test',
    stop,
  }
  return target
}

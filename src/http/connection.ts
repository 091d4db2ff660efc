// Refusals of the HTTP parser, and connections that end after an answer.

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LIMITS } from '../core/limits.ts'
import { type Refusal, refuse } from '../core/result.ts'
import { classicBody } from './errors.ts'

/** How long a connection that is being closed may still send, milliseconds. */
const LINGER_MS = 2_000
/** And how much of it is read for that, bytes: clients that send all of a body before they read are told, too. */
const LINGER_BYTES_MAX = 2 * LIMITS.batch_body_bytes_max
const LOOK_MS = 10

/** Whether more of the body may come than is worth waiting for: then the connection ends behind the answer. */
export function comesLong({ raw }: FastifyRequest, reply: FastifyReply): boolean {
  if (raw.complete) return false
  const length = raw.headers['content-length']
  if (length === undefined) return raw.headers['transfer-encoding'] !== undefined
  return Number(length) > LIMITS.open_body_bytes_max || reply.getHeader('connection') === 'close'
}

/**
 * Ends the connection after the answer, because the rest of the body is not taken. It is read and thrown away
 * for a moment: closing over bytes that nobody has read resets the connection, and the reset can take the answer
 * away before the client has read it.
 */
export function closeAfterAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const { socket } = request.raw
  reply.header('Connection', 'close')
  socket.destroySoon = () => {
    const enough = socket.bytesRead + LINGER_BYTES_MAX
    // The parser throws the bytes away itself, and says nothing of them.
    const look = setInterval(() => socket.bytesRead > enough && socket.destroy(), LOOK_MS)
    socket.once('close', () => clearInterval(look))
    socket.end()
    cutLater(socket)
  }
}

/** A client that does not hang up when we have must not keep the line. */
function cutLater(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
}

export const NOT_IN_TIME = 'the request did not arrive in time'

function unparsed(code: string | undefined): [string, { refusal: Refusal }] {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', refuse('MALFORMED_REQUEST', NOT_IN_TIME, { written: 'no' })]
    case 'HPE_HEADER_OVERFLOW':
      return [
        '431 Request Header Fields Too Large',
        refuse('TOO_LARGE', 'address and headers may have 16 kB'),
      ]
    default:
      return ['400 Bad Request', refuse('MALFORMED_REQUEST', 'this is no valid HTTP request')]
  }
}

/** The HTTP parser has refused these bytes, so there is no request: answers on the socket and closes it. */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, { refusal }] = unparsed(error.code)
  const request_id = randomUUID()
  const body = JSON.stringify(classicBody(refusal, request_id))
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${request_id}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  cutLater(socket)
}

// Beneath requests: what the parser refuses, and connections that end behind an answer.

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { refuse } from '../core/result.ts'
import { classicBody } from './errors.ts'

/** How long a connection that is being closed may still send, milliseconds. */
const LINGER_MS = 2_000
/** And how much of it is read for that, bytes. */
const LINGER_BYTES_MAX = 1024 * 1024

/**
 * Ends the connection behind the answer, because more of a body comes than is taken. What still comes is thrown away
 * for a moment: closing over bytes that nobody has read resets the connection, and the reset can take the answer
 * away before the client has read it.
 */
export function closeAfterAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const { socket } = request.raw
  reply.header('Connection', 'close')
  socket.destroySoon = () => {
    let bytes = 0
    request.raw.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > LINGER_BYTES_MAX) socket.destroy()
    })
    request.raw.resume()
    socket.end()
    cutLater(socket)
  }
}

/** A client that does not hang up when we have must not keep the line. */
function cutLater(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
}

/** Ends a request whose body takes longer than this to arrive, as the parser ends one whose head does. */
export function limitBody(request: FastifyRequest, ms_max: number): void {
  const { raw } = request
  const timer = setTimeout(() => {
    if (!raw.complete)
      refuseUnparsed(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), raw.socket)
  }, ms_max)
  raw.once('close', () => clearTimeout(timer))
}

/** What the HTTP parser refuses never becomes a request: answered on the socket, then closed. */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, refusal] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [
          '408 Request Timeout',
          refuse('MALFORMED_REQUEST', 'the request did not arrive in time', { written: 'no' }).refusal,
        ]
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [
            '431 Request Header Fields Too Large',
            refuse('TOO_LARGE', 'address and headers may have 16 kB').refusal,
          ]
        : ['400 Bad Request', refuse('MALFORMED_REQUEST', 'this is no valid HTTP request').refusal]
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

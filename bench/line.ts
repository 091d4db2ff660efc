// One connection that stays open, and JSON over it, for takers, writers and browsers of the bench. Not the SDK,
// because fetch takes a good part of the CPU that is measured.

import http from 'node:http'
import type { Stage } from './stage.ts'

export class Line {
  readonly #agent: http.Agent
  readonly #stage: Pick<Stage, 'host' | 'port' | 'key'>

  constructor(stage: Pick<Stage, 'host' | 'port' | 'key'>, sockets_max = 1) {
    this.#stage = stage
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: sockets_max })
  }

  /** The body of an answer, whatever its status is. */
  ask<Body>(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; body: Body }> {
    const { host, port, key } = this.#stage
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = { Authorization: `Bearer ${key}`, 'Content-Length': Buffer.byteLength(text) }
    return new Promise((resolve, reject) => {
      const request = http.request({ agent: this.#agent, host, port, method, path, headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part) => parts.push(part))
        response.on('end', () => {
          const answer = Buffer.concat(parts).toString()
          resolve({ status: response.statusCode!, body: JSON.parse(answer) })
        })
      })
      request.on('error', reject)
      request.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

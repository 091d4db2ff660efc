// Sends an e-mail over SMTP.

import nodemailer from 'nodemailer'
import { renderEmail } from '../core/action-request.ts'
import type { RunEnd } from '../db/action-runs.ts'
import { done, errorCode, failed, type RunOf, TryAgain, type Work } from './work.ts'

const STEP_MS_MAX = 5_000
const MAIL_MS_MAX = 15_000

export async function runEmail({ jobs, run, values, signal }: Work<RunOf<'email'>>): Promise<RunEnd> {
  const { smtp_url, mail_from } = jobs.options
  if (smtp_url === null) return failed('there is no mail server: set LEADLINE_SMTP_URL')
  const rendered = renderEmail(run.config, values, mail_from)
  if (rendered.problem !== undefined) return failed(rendered.problem)
  const transport = nodemailer.createTransport({
    url: smtp_url,
    connectionTimeout: STEP_MS_MAX,
    greetingTimeout: STEP_MS_MAX,
    dnsTimeout: STEP_MS_MAX,
    socketTimeout: STEP_MS_MAX,
  })
  const timeout = AbortSignal.timeout(MAIL_MS_MAX)
  const over = AbortSignal.any([signal, timeout])
  try {
    const sent = await new Promise<{ response?: string }>((resolve, reject) => {
      over.addEventListener('abort', () => reject(over.reason), { once: true })
      const mail = {
        ...rendered.ok,
        // A value of the lead that reads like a file or an address stays a text.
        disableFileAccess: true,
        disableUrlAccess: true,
        messageId: `<${run.delivery_id}@leadline>`,
        headers: { 'Leadline-Delivery-Id': run.delivery_id },
      }
      transport.sendMail(mail).then(resolve, reject)
    })
    return done(Number(/^\d{3}/.exec(sent.response ?? '')?.[0] ?? 250))
  } catch (error) {
    if (signal.aborted) throw new TryAgain('the server stopped; the mail may have been sent')
    if (timeout.aborted) throw new TryAgain(`the mail server did not take it within ${MAIL_MS_MAX / 1_000} s`)
    const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : null
    throw status
      ? new TryAgain(`the mail server refused it (SMTP ${status})`, status)
      : new TryAgain(`the mail server could not be reached (${errorCode(error)})`)
  } finally {
    transport.close()
  }
}

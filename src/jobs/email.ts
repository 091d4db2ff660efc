// Sends an e-mail over SMTP.

import { SMTP_ANSWERS, verdictOf } from '../core/action-answer.ts'
import { renderEmail } from '../core/action-request.ts'
import type { RunEnd } from '../db/action-runs.ts'
import { done, errorCode, failed, type RunOf, TryAgain, type Work } from './work.ts'

/** The commands whose answer is about the mail itself. */
const ABOUT_THE_MAIL = new Set(['MAIL FROM', 'RCPT TO', 'DATA'])

const STEP_MS_MAX = 5_000
const MAIL_MS_MAX = 15_000

export async function runEmail({ jobs, run, values, signal }: Work<RunOf<'email'>>): Promise<RunEnd> {
  const { smtp_url, mail_from } = jobs.options
  if (smtp_url === null) return failed('there is no mail server: set LEADLINE_SMTP_URL')
  const rendered = renderEmail(run.config, values, mail_from)
  if (rendered.problem !== undefined) return failed(rendered.problem)
  // Loaded with the first mail: an installation that sends none keeps its memory.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    url: smtp_url,
    connectionTimeout: STEP_MS_MAX,
    greetingTimeout: STEP_MS_MAX,
    dnsTimeout: STEP_MS_MAX,
    socketTimeout: STEP_MS_MAX,
  })
  const timeout = AbortSignal.timeout(MAIL_MS_MAX)
  const over = AbortSignal.any([signal, timeout])
  try {
    const sent = await transport.sendMail({
      ...rendered.ok,
      // A value of the lead that reads like a file or an address stays a text.
      disableFileAccess: true,
      disableUrlAccess: true,
      messageId: `<${run.delivery_id}@leadline>`,
      headers: { 'Leadline-Delivery-Id': run.delivery_id },
      // Cuts the connection: nothing of a try that is over gets out.
      signal: over,
    })
    const { response = '', accepted = [], rejected = [] } = sent
    const refused = `${rejected.length} of ${accepted.length + rejected.length} recipients were refused`
    return done(Number(/^\d{3}/.exec(response)?.[0] ?? 250), rejected.length > 0 ? refused : null)
  } catch (error) {
    if (signal.aborted) throw new TryAgain('the server stopped or was cut off; the mail may have been sent')
    if (timeout.aborted) throw new TryAgain(`the mail server did not take it within ${MAIL_MS_MAX / 1_000} s`)
    const { responseCode: status, command = '' } = error as { responseCode?: number; command?: string }
    if (status === undefined) throw new TryAgain(`the mail server could not be reached (${errorCode(error)})`)
    // An answer before the mail (to a greeting or a sign-in) concerns the installation, which people can repair.
    if (!ABOUT_THE_MAIL.has(command))
      throw new TryAgain(`the mail server lets nobody in (SMTP ${status})`, status)
    const detail = `the mail server refused it (SMTP ${status})`
    if (verdictOf(SMTP_ANSWERS, status) === 'again') throw new TryAgain(detail, status)
    return failed(detail, status)
  } finally {
    transport.close()
  }
}

// `leadline attempt-rules`: how often a number and a lead may be called, by a template and in the whole installation.

import type { Command } from 'commander'
import type { AttemptRules, GivenAttemptRules, LeadLimits } from '../client/api.ts'
import { withVersion } from './changes.ts'
import { type Cli, idOf, talksToServer } from './cli.ts'
import { UsageError } from './terminal.ts'

const LIMITS = ['day_max', 'total_max', 'gap_s'] as const
const SUBJECTS = ['number', 'lead'] as const
type Subject = (typeof SUBJECTS)[number]
type Limit = (typeof LIMITS)[number]

const SENTENCES: Record<Limit, string> = {
  day_max: 'calls in 24 hours',
  total_max: 'calls in all',
  gap_s: 'seconds between two calls',
}

interface ChangeOptions extends Record<string, unknown> {
  template?: number
  acrossCampaigns?: boolean
  ifVersion?: number
}

const flagOf = (subject: Subject, limit: Limit) => `--${subject}-${limit.replaceAll('_', '-')}`

/** As commander names the option: numberDayMax. */
const keyOf = (subject: Subject, limit: Limit) =>
  flagOf(subject, limit)
    .slice(2)
    .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

export function addAttemptRulesCommand(cli: Cli): void {
  const { group, sub } = cli.group('attempt-rules', 'how often a number and a lead may be called')
  talksToServer(group)

  sub('show', 'the rules of the installation, or of a template', 'attempt-rules show --template 1')
    .option('--template <id>', 'its rules instead of those of the installation', idOf('--template'))
    .action(async ({ template }: ChangeOptions) => {
      const client = cli.client()
      if (template === undefined) return cli.finish(await client.attemptRules(), linesOf)
      return cli.finish(await client.template(template), ({ attempt_rules }) => linesOf(attempt_rules))
    })

  const change = sub(
    'change',
    'change limits of the installation, or of a template; 0 takes a limit away',
    'attempt-rules change --number-day-max 3 --lead-total-max 12',
    'attempt-rules change --template 1 --number-gap-s 3600 --across-campaigns',
  ).option('--template <id>', 'its rules instead of those of the installation', idOf('--template'))
  withLimits(change)
    .option('--across-campaigns', 'of a template: calls of a number in every campaign count')
    .option('--no-across-campaigns', 'of a template: calls in its own campaign count')
    .action(async (options: ChangeOptions) => {
      const { template, ifVersion } = options
      const client = cli.client()
      if (template === undefined) {
        const found = await client.attemptRules()
        if (!found.ok) return cli.finish(found, () => [])
        const { number, lead, version } = found.body
        const next = changed({ number, lead }, options)
        return cli.finish(await client.changeAttemptRules(next, ifVersion ?? version), linesOf)
      }
      const found = await client.template(template)
      if (!found.ok) return cli.finish(found, () => [])
      const { attempt_rules, version } = found.body
      const next = { attempt_rules: changed(attempt_rules, options) }
      const answer = await client.changeTemplate(template, next, {}, ifVersion ?? version)
      cli.finish(answer, (body) => linesOf(body.attempt_rules))
    })
}

function withLimits(command: Command): Command {
  for (const subject of SUBJECTS)
    for (const limit of LIMITS)
      command.option(
        `${flagOf(subject, limit)} <n>`,
        `${SENTENCES[limit]} of a ${subject}; 0: no limit`,
        limitOf,
      )
  return withVersion(command)
}

function limitOf(text: string): number {
  if (/^\d{1,8}$/.test(text)) return Number(text)
  throw new UsageError('a limit takes a whole number; 0: no limit')
}

/** The rules with what the options say; null: nothing is limited. */
function changed(rules: AttemptRules | null, options: ChangeOptions): GivenAttemptRules {
  const said = SUBJECTS.flatMap((subject) =>
    LIMITS.flatMap((limit) => {
      const value = options[keyOf(subject, limit)]
      return typeof value === 'number' ? [{ subject, limit, value: value === 0 ? null : value }] : []
    }),
  )
  const { acrossCampaigns: across_campaigns } = options
  if (said.length === 0 && across_campaigns === undefined)
    throw new UsageError('say what to change: a limit, such as --number-day-max 3')
  const next = { number: { ...rules?.number }, lead: { ...rules?.lead } }
  for (const { subject, limit, value } of said) next[subject][limit] = value
  if (across_campaigns !== undefined) next.number.across_campaigns = across_campaigns
  return next
}

function linesOf(rules: AttemptRules | null): string[] {
  const lines = SUBJECTS.flatMap((subject) => {
    const limits: LeadLimits | null | undefined = rules?.[subject]
    const told = LIMITS.flatMap((limit) => {
      const value = limits?.[limit] ?? null
      return value === null ? [] : [`${value} ${SENTENCES[limit]}`]
    })
    const across = subject === 'number' && rules?.number?.across_campaigns ? ['in every campaign'] : []
    return told.length > 0 ? [[subject, ...told, ...across].join('\t')] : []
  })
  return lines.length > 0 ? lines : ['no limit']
}

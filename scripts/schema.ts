// The schema as one page, read from the catalogue of a migrated database. What PostgreSQL 15 and 18 say differently
// is left out or brought into one form, so that the page is the same from both.

import type { Pool } from '../src/db/pool.ts'
import { table } from './table.ts'

interface Table {
  name: string
  comment: string | null
  options: string[] | null
  columns: Column[]
  constraints: Named[]
  indexes: Named[]
  triggers: Named[]
}

interface Column {
  name: string
  type: string
  collation: string | null
  not_null: boolean
  identity: boolean
  fallback: string | null
  comment: string | null
}

interface Named {
  name: string
  definition: string
}

// Not-null constraints have rows of their own in 18 only; they are shown with their columns.
const TABLES = `
  select c.relname as name, obj_description(c.oid) as comment, c.reloptions as options,
    (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
       'collation', l.collname, 'not_null', a.attnotnull, 'identity', a.attidentity <> '',
       'fallback', pg_get_expr(d.adbin, d.adrelid), 'comment', col_description(c.oid, a.attnum)) order by a.attnum)
     from pg_attribute a join pg_type t on t.oid = a.atttypid
       left join pg_collation l on l.oid = a.attcollation and a.attcollation <> t.typcollation
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select coalesce(json_agg(json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid, true))
       order by array_position(array['p', 'u', 'x', 'f', 'c'], k.contype::text), k.conname), '[]')
     from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'x', 'f', 'c')) as constraints,
    (select coalesce(json_agg(json_build_object('name', x.relname, 'definition', pg_get_indexdef(x.oid)) order by x.relname), '[]')
     from pg_index i join pg_class x on x.oid = i.indexrelid
     where i.indrelid = c.oid and not exists (
       select from pg_constraint k where k.conindid = x.oid and k.contype in ('p', 'u', 'x'))) as indexes,
    (select coalesce(json_agg(json_build_object('name', g.tgname, 'definition', pg_get_triggerdef(g.oid, true)) order by g.tgname), '[]')
     from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal) as triggers
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  order by c.relname collate "C"`

const FUNCTIONS = `
  select p.proname as name, pg_get_functiondef(p.oid) as definition from pg_proc p
  where p.pronamespace = 'public'::regnamespace order by p.proname collate "C"`

// The sequences of identity columns are shown with their columns.
const SEQUENCES = `
  select c.relname as name, format_type(s.seqtypid, null) || ', cache ' || s.seqcache as definition
  from pg_sequence s join pg_class c on c.oid = s.seqrelid
  where c.relnamespace = 'public'::regnamespace
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i'))
  order by c.relname collate "C"`

/** docs/generated/schema.md. */
export async function schemaDocument(pool: Pool): Promise<string> {
  const [tables, functions, sequences] = await pool.session(async (client) => [
    (await client.query<Table>(TABLES)).rows,
    (await client.query<Named>(FUNCTIONS)).rows,
    (await client.query<Named>(SEQUENCES)).rows,
  ])
  return [
    '# Schema',
    'Made by `npm run docs` from the database that the [migrations](../../migrations) leave behind; changes here are lost.',
    tables.map(({ name }) => `[${name}](#${name})`).join(' · '),
    ...tables.map(tableSection),
    '## Sequences',
    list(sequences, ({ name, definition }) => `\`${name}\`: ${definition}`),
    '## Functions',
    ...functions.map(({ definition }) => `\`\`\`sql\n${definition.replaceAll('public.', '').trim()}\n\`\`\``),
    '',
  ].join('\n\n')
}

function tableSection({ name, comment, options, columns, constraints, indexes, triggers }: Table): string {
  const plain = ({ definition }: Named) => definition.replaceAll('public.', '')
  return [
    `## ${name}`,
    ...(comment ? [comment] : []),
    table(
      ['column', 'type', 'null', 'default', 'meaning'],
      columns.map((column) => [
        `\`${column.name}\``,
        column.collation ? `${column.type} collate "${column.collation}"` : column.type,
        column.not_null ? '' : 'null',
        column.identity ? 'identity' : (column.fallback?.replaceAll('public.', '') ?? ''),
        column.comment ?? '',
      ]),
    ),
    list(
      [
        ...constraints.map((constraint) => `\`${constraint.name}\`: ${plain(constraint)}`),
        ...indexes.map(
          (index) =>
            `\`${index.name}\`: ${plain(index).replace(/^CREATE (UNIQUE )?INDEX \S+ ON \S+ /, '$1INDEX ')}`,
        ),
        ...triggers.map(
          (trigger) => `\`${trigger.name}\`: ${plain(trigger).replace(/^CREATE TRIGGER \S+ /, '')}`,
        ),
        ...(options ?? []).map((option) => `\`${option}\``),
      ],
      (line) => line,
    ),
  ].join('\n\n')
}

const list = <T>(items: T[], line: (item: T) => string) => items.map((item) => `- ${line(item)}`).join('\n')

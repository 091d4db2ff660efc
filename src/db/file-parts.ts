// Files that arrive in parts: the texts of the statements that all tables of them share.

import { LIMITS } from '../core/limits.ts'

/** A table of files, that of their parts, and the column by which these belong together. */
export interface PartTables {
  files: string
  parts: string
  id: string
}

/** SQL: how many parts a file in a row `f` has. */
const PARTS = `((f.bytes + ${LIMITS.file_part_bytes - 1}) / ${LIMITS.file_part_bytes})::integer`

/** SQL: those of them that are missing. */
export const missingParts = ({ parts, id }: PartTables) => `array(
       select n from generate_series(1, ${PARTS}) n
       where not exists (select from ${parts} p where p.${id} = f.${id} and p.part = n)
       order by n)`

export interface NewPart {
  part: number
  content: Uint8Array
}

/**
 * SQL: keeps a part while the file is uploaded. A part that is there already stays, for it may be in use: `is_same` tells
 * whether it is the one that came. No row: it never came, and no parts are awaited any more.
 */
export const addPart = ({ files, parts, id }: PartTables) => `
   with added as (
     insert into ${parts} (${id}, part, digest, content)
     select :${id}, :part, sha256(:content::bytea), :content::bytea
     from ${files} f where f.${id} = :${id} and f.state = 'uploading'
     on conflict (${id}, part) do nothing
     returning part)
   select true as is_same from added
   union all
   select p.digest = sha256(:content::bytea) from ${parts} p
   where p.${id} = :${id} and p.part = :part`

/** SQL: the bytes of a part. */
export const partContent = ({ parts, id }: PartTables) =>
  `select content from ${parts} where ${id} = :${id} and part = :part`

/** SQL: takes the content of parts away, of the files in `over`. */
export const emptiedParts = ({ parts, id }: PartTables, over: string) => `
     update ${parts} p set content = null from ${over} f where p.${id} = f.${id}`

/** The bytes of a file. They end early when it is over meanwhile. */
export async function* bytesOfParts(
  read: (part: number) => Promise<readonly { content: Buffer | null }[]>,
): AsyncGenerator<Buffer> {
  for (let part = 1; ; part++) {
    const [found] = await read(part)
    if (!found?.content) return
    yield found.content
  }
}

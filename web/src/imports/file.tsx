// The file of an import: its upload, and what was found in it.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Import } from '../../../src/client/api.ts'
import { useNow } from '../api/clock.ts'
import { sameFileQuery } from '../api/imports.ts'
import { FileGone } from '../api/sending.ts'
import { isFileOf, upload, uploads } from '../api/upload.ts'
import { Section } from '../shell/listing.tsx'
import { Loading } from '../shell/page.tsx'
import { Notice, Problem } from '../shell/problem.tsx'
import { useStore } from '../store.ts'
import { bytes, imports } from '../text/imports.ts'
import { ago } from '../text/times.ts'
import { Busy } from './busy.tsx'
import { ChooseFile } from './choose-file.tsx'
import { Found } from './found.tsx'
import { LinkButton, MainLink, Progress } from './parts.tsx'
import { Onwards } from './target.tsx'

const words = imports.file

export function FileStep({ found }: { found: Import }) {
  const { import_id, state, table, detail } = found
  const id = String(import_id)
  return (
    <Section id="file" title={words.title}>
      <div className="stack">
        {state === 'uploading' && <Uploading found={found} />}
        {state === 'reading' && (
          <div className="row" role="status">
            <Loading />
            {words.reading}
          </div>
        )}
        {state === 'unreadable' && (
          <Notice tone="bad" title={words.unreadable} maw={760}>
            <p>{detail}</p>
            <LinkButton
              size="xs"
              mt={12}
              to="/imports/new"
              search={{
                campaign_id: found.campaign_id,
                allocation_id: found.allocation_id ?? undefined,
                mode: found.mode,
                duplicates: found.duplicates,
              }}
            >
              {words.try_other}
            </LinkButton>
          </Notice>
        )}
        {state === 'read' && <SameFile found={found} />}
        {(state === 'checking' || state === 'fixing') && <Busy found={found} />}
        {table && (state === 'read' || state === 'reading' || state === 'unreadable') && (
          <Found found={found} table={table} />
        )}
      </div>
      <Onwards>
        <LinkButton to="/imports/$id/{-$step}" params={{ id, step: 'target' }}>
          {imports.previous}
        </LinkButton>
        {state === 'read' && (
          <MainLink to="/imports/$id/{-$step}" params={{ id, step: 'columns' }}>
            {imports.next.file}
          </MainLink>
        )}
      </Onwards>
    </Section>
  )
}

function Uploading({ found }: { found: Import }) {
  const { import_id, file_name, file_bytes, parts, parts_all, part_bytes } = found
  const own = useStore(uploads).get(import_id)
  const has_last = parts.includes(parts_all)
  const done = Math.min(
    file_bytes,
    parts.length * part_bytes - (has_last ? parts_all * part_bytes - file_bytes : 0),
  )
  const said = words.uploaded(bytes(done), bytes(file_bytes))
  const is_gone = own?.error instanceof FileGone
  return (
    <>
      <div>
        <p>
          <strong>{file_name}</strong> <span className="dimmed figures">{said}</span>
        </p>
        <Progress name={words.upload} done={done} all={file_bytes} said={said} />
      </div>
      {own?.state === 'waiting' && (
        <p className="notice" role="status">
          {words.waiting}
        </p>
      )}
      {own?.state === 'failed' && !is_gone && <Problem error={own.error} title={words.failed} />}
      {(own === undefined || own.state === 'failed') && (
        <>
          <Notice tone="warn" title={words.go_on_title} maw={760}>
            <p>{is_gone ? words.gone : words.go_on(file_name, Math.floor((100 * done) / file_bytes))}</p>
            {own === undefined && <p className="dimmed small">{words.elsewhere}</p>}
          </Notice>
          <ChooseFile
            only_file
            onFile={(file) => {
              if (!isFileOf(found, file)) return words.other_file(file_name, bytes(file_bytes))
              void upload(found, file)
              return undefined
            }}
          />
        </>
      )}
    </>
  )
}

function SameFile({ found: { import_id } }: { found: Import }) {
  const now = useNow()
  const { data = [] } = useQuery(sameFileQuery(import_id))
  if (data.length === 0) return null
  return (
    <Notice tone="warn" title={imports.found.same_title} maw={760}>
      <ul>
        {data.map((one) => (
          <li key={one.import_id}>
            <Link to="/imports/$id/{-$step}" params={{ id: String(one.import_id) }}>
              {imports.found.same(
                one.file_name,
                one.rows,
                one.created_by_name ?? imports.found.somebody,
                ago(one.created_at, now),
              )}
            </Link>
          </li>
        ))}
      </ul>
      <p>{imports.found.same_advice}</p>
    </Notice>
  )
}

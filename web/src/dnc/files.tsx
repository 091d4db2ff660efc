// The files of numbers that were imported, and those at work.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { dncChanged } from '../api/dnc.ts'
import { cancelFile, dncFilesQuery } from '../api/dnc-files.ts'
import { Listing, Section } from '../shell/listing.tsx'
import { Ago, Tag } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { dncFiles } from '../text/dnc-files.ts'
import { useListName } from './entries.tsx'
import { DownloadRejects, stateOf, whyOf } from './file-state.tsx'

const words = dncFiles.files

/** `action`: the button that imports another one. */
export function Files({ action }: { action: ReactNode }) {
  const listName = useListName()
  const asked = useQuery(dncFilesQuery)
  const cancelling = useMutation({ mutationFn: cancelFile, onSettled: dncChanged })
  return (
    <Section id="files" title={words.title} intro={words.intro}>
      <Listing
        name={words.table}
        columns={words.columns}
        asked={asked}
        empty={
          <>
            <p>{words.empty}</p>
            <div className="row">{action}</div>
          </>
        }
        keyOf={({ file_id }) => file_id}
        isPast={({ state }) => state === 'failed' || state === 'cancelled'}
        cells={(file) => ({
          name: file.name,
          list: (
            <>
              <Tag tone={file.list === 'client' ? 'good' : 'plain'}>{listName(file)}</Tag>
              {file.mode === 'replace' && <div className="dimmed tiny">{words.replaced}</div>}
            </>
          ),
          when: <Ago at={file.created_at} />,
          result: (
            <>
              {stateOf(file)}
              {file.rejected > 0 && <div className="tiny">{dncFiles.rejected(file.rejected)}</div>}
              {file.state === 'failed' && <div className="tiny">{whyOf(file)}</div>}
            </>
          ),
        })}
        deeds={(file) =>
          file.finished_at === null ? (
            <Button
              size="compact-xs"
              aria-label={words.cancel_of(file.name)}
              onClick={() => cancelling.mutate(file.file_id)}
            >
              {words.cancel}
            </Button>
          ) : (
            file.state !== 'cancelled' &&
            file.rejected > 0 && <DownloadRejects file={file} size="compact-xs" />
          )
        }
      />
      {cancelling.error && <Problem error={cancelling.error} />}
    </Section>
  )
}

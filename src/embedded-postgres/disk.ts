// Measures the room left on the disk of the database.

import { statfs } from 'node:fs/promises'
import { join } from 'node:path'

export interface DiskSpace {
  free_bytes: number
  size_bytes: number
}

/** The data directory, its cluster and the write-ahead log may be on different file systems: the fullest one counts. */
export async function diskSpace(data_dir: string): Promise<DiskSpace> {
  const folders = [data_dir, join(data_dir, 'pg'), join(data_dir, 'pg', 'pg_wal')]
  const spaces = await Promise.all(
    folders.map(async (folder) => {
      const { bavail, blocks, bsize } = await statfs(folder)
      return { free_bytes: bavail * bsize, size_bytes: blocks * bsize }
    }),
  )
  return spaces.reduce((least, space) => (space.free_bytes < least.free_bytes ? space : least))
}

// The embedded PostgreSQL as Leadline uses it: its names, its settings.

import { totalmem } from 'node:os'
import {
  type DiskSpace,
  diskSpace,
  type Embedded,
  EmbeddedError,
  type EmbeddedOptions,
  findPostgres,
  hasPostgres,
  type Product,
  removeAbandoned,
  removePostgres,
  startPostgres,
} from '../embedded-postgres/embedded.ts'

export { type DiskSpace, diskSpace, type Embedded, EmbeddedError }

export const PRODUCT: Product = {
  name: 'leadline',
  title: 'Leadline',
  data_dir_option: 'LEADLINE_DATA_DIR',
  server_option: 'DATABASE_URL',
}

interface Start extends Omit<EmbeddedOptions, 'product' | 'settings'> {
  /** More lines of postgresql.conf. */
  more_settings?: string
}

export const startEmbedded = ({ more_settings = '', ...options }: Start): Promise<Embedded> =>
  startPostgres({ ...options, product: PRODUCT, settings: settings() + more_settings })

/** For tools beside a running server: the connection of the PostgreSQL that runs on this data directory, or null. */
export const findEmbedded = (data_dir: string) => findPostgres(data_dir, PRODUCT)

/** Whether there is a database in the data directory, running or not. */
export const hasEmbedded = (data_dir: string) => hasPostgres(data_dir, PRODUCT)

export const removeEmbedded = (data_dir: string) => removePostgres(data_dir, PRODUCT)

/** Removes the database of a process that has died; false: it is left alone. */
export const removeAbandonedEmbedded = (data_dir: string) =>
  removeAbandoned({ data_dir, product: PRODUCT, settings: settings() })

const settings = () => `
# An answered lead is a lead on the disk.
fsync = on
synchronous_commit = on
full_page_writes = on

# Compression keeps the one writing backend busy right after a checkpoint: seconds of delay, measured.
wal_compression = off
max_wal_size = 4GB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
shared_buffers = ${sharedBuffers(usableMemory())}MB
max_connections = 200
max_logical_replication_workers = 0
jit = off
deadlock_timeout = 200ms
# A Leadline that was killed must not keep locks through a statement that nobody waits for.
client_connection_check_interval = 2s

# Hot tables: small and frequent cleaning instead of rare and long.
autovacuum = on
autovacuum_naptime = 20s
autovacuum_vacuum_scale_factor = 0.05
autovacuum_vacuum_insert_scale_factor = 0.1
autovacuum_analyze_scale_factor = 0.05

# No personal data in the log. Statements and parameters are never printed; terse drops the DETAIL of an error
# ("Key (number)=(61412345678) already exists"). An error's first line can quote a value too ("invalid
# input syntax for type bigint: …"), so only the client gets the errors of statements. LOG, FATAL and PANIC
# are logged.
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
log_min_duration_statement = -1
log_min_duration_sample = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_timezone = UTC
timezone = UTC
`

const MEGABYTE = 1024 * 1024

/** A quarter of the memory, from 128 MB to 1 GB; in megabytes. */
const sharedBuffers = (memory_bytes: number) =>
  Math.min(1024, Math.max(128, Math.floor(memory_bytes / 4 / MEGABYTE)))

/** The machine's memory, or the container's limit if it has one: without one Node reports 0 or a huge figure. */
function usableMemory() {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

// How the embedded PostgreSQL is set. The file is written at every start and replaces nothing that initdb found
// out about the machine: it includes initdb's file and overrides it.

import { totalmem } from 'node:os'

const MEGABYTE = 1024 * 1024

/**
 * The text of pg.conf for a cluster directory. The bytes of memory are those that the machine, or the container,
 * gives us.
 */
export function settings(cluster: string, memoryBytes = usableMemory()): string {
  return `# Written by Leadline at every start: changes here are lost.
include = ${quoted(`${cluster}/postgresql.conf`)}
allow_alter_system = off

# An answered lead is a lead on the disk.
fsync = on
synchronous_commit = on
full_page_writes = on

# Compression keeps the one writing backend busy right after a checkpoint: seconds of delay, measured.
wal_compression = off
max_wal_size = 4GB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
shared_buffers = ${sharedBuffers(memoryBytes)}MB
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

# The socket in a private directory is the only way in.
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700

# No personal data in the log. Statements and parameters are never printed; terse drops the DETAIL of an error
# ("Key (number)=(61412345678) already exists"). An error's first line can quote a value too ("invalid input
# syntax for type bigint: …"), so errors of statements are left to the client that gets them: what is logged is
# LOG, FATAL and PANIC.
log_destination = stderr
logging_collector = off
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
cluster_name = leadline
`
}

/** A quarter of the memory, from 128 MB to 1 GB; in megabytes. */
function sharedBuffers(memoryBytes: number) {
  const quarter = Math.floor(memoryBytes / 4 / MEGABYTE)
  return Math.min(1024, Math.max(128, quarter))
}

/**
 * What a container's limit leaves of the machine's memory; without a limit Node reports 0 or a huge figure.
 */
function usableMemory() {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

const quoted = (path: string) => `'${path.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

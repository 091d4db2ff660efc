// The configuration file, written at every start. It replaces nothing that initdb found out about the machine: it
// includes initdb's file and overrides it. The settings of the embedding program come first; those that the promises
// of this folder rest on come last and win.

import { type Layout, PORT } from './layout.ts'

/** The text of pg.conf. */
export function configuration({ cluster, product }: Layout, settings: string): string {
  return `# Written by ${product.title} at every start: changes here are lost.
include = ${quoted(`${cluster}/postgresql.conf`)}

${settings.trim()}

# The socket in a private directory is the only way in.
listen_addresses = ''
port = ${PORT}
unix_socket_permissions = 0700

# The log goes to the descriptor that the supervisor hands over, and this file is the only one that counts.
log_destination = stderr
logging_collector = off
allow_alter_system = off
cluster_name = ${product.name}
`
}

const quoted = (path: string) => `'${path.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

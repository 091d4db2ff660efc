// `npm ci` ends with this, so that the first start, too, finds the server compiled. Compiled code is found only by a process
// that exposes gc as this one does (bin/leadline).
import '../bin/compiled.js'

// An older Node cannot read the sources, and its install must not fail: bin/leadline says what is missing.
if (Number(process.versions.node.split('.')[0]) >= 26) {
  await import('../src/cli/command.ts')
  await import('../src/cli/serve.ts')
  await import('../src/cli/server.ts')
}

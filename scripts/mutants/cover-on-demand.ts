// The setup file of a runner: covering costs time, so it is done once for each test file.

if (process.env.MUTANTS_COVER) await import('./cover.ts')

// The core works out times with Temporal. Some browsers have none yet: they load a substitute first.

export async function withTemporal<Part>(load: () => Promise<Part>): Promise<Part> {
  if (!('Temporal' in globalThis)) await import('temporal-polyfill/global')
  return load()
}

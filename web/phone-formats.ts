// Of the plans of all countries the app needs how numbers are written: an eighth of the data. The bundle has no more.

import type { MetadataJson } from 'libphonenumber-js'
import plans from 'libphonenumber-js/min/metadata'
import type { Plugin } from 'vite'

export function formatsOf({ country_calling_codes, countries }: MetadataJson): MetadataJson {
  const first = new Set<string>(Object.values(country_calling_codes).map(([region]) => region!))
  const kept = Object.entries(countries as unknown as Record<string, unknown[]>)
    .filter(([region]) => first.has(region))
    .map(([region, [code, , , , formats, prefix, rule]]) => [region, [code, 0, 0, 0, formats, prefix, rule]])
  return { country_calling_codes, countries: Object.fromEntries(kept) } as MetadataJson
}

export const phoneFormats: Plugin = {
  name: 'phone-formats',
  transform: (_, id) =>
    id.includes('/metadata.min.json')
      ? { code: `export default ${JSON.stringify(formatsOf(plans))}`, map: null }
      : undefined,
}

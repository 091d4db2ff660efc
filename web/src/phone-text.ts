// Numbers as people of a region write and read them: "0412 345 678" at home, "+64 21 123 4567" elsewhere. The plans of
// all countries are loaded after the first screen.

import { createStore, useStore } from './store.ts'

type Writer = (number: string, region: string | undefined) => string

const writer = createStore<Writer | null>(null)
let is_asked = false

async function load(): Promise<void> {
  const { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } = await import(
    'libphonenumber-js/min'
  )
  writer.set((number, region) => {
    const parsed = parsePhoneNumberFromString(number)
    if (!parsed) return number
    const at_home =
      region !== undefined &&
      isSupportedCountry(region) &&
      getCountryCallingCode(region) === parsed.countryCallingCode
    return at_home ? parsed.formatNational() : parsed.formatInternational()
  })
}

/** Writes E.164 numbers as the region does. Until the plans are there, or if they never come, a number stays as it is. */
export function usePhoneText(): Writer {
  const known = useStore(writer)
  if (known) return known
  if (!is_asked) {
    is_asked = true
    load().catch(() => {
      is_asked = false
    })
  }
  return asIs
}

const asIs: Writer = (number) => number

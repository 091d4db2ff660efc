// The time zones that browsers know. The server judges whether it knows one.

let made: { value: string; label: string }[] | undefined

/** "Australia/Port_Moresby" reads "Australia, Port Moresby". */
export const zoneLabel = (zone: string) => zone.replaceAll('/', ', ').replaceAll('_', ' ')

export function zoneChoices() {
  made ??= [...Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/')), 'UTC'].map(
    (value) => ({
      value,
      label: zoneLabel(value),
    }),
  )
  return made
}

// Plans in which one number has two forms, both of which programs write. One of them is the number; the other one is
// read as it, and is found by it until every row is rewritten (docs/decisions/0028).

/** A range of numbers that are another form, and the number that the first of it is; the others follow one by one. */
interface OtherForm {
  low: number
  high: number
  /** `low` in the form that counts. */
  number: number
}

/** Migration 0013 says the same in SQL (`other_form`). A new entry needs a migration that makes that function anew. */
export const OTHER_FORMS: readonly OtherForm[] = [
  // Mexico: mobiles had a 1 behind the country code until 2020.
  { low: 521_20000_00000, high: 521_99999_99999, number: 52_20000_00000 },
  // Argentina: from abroad a 9 says that the number is a mobile; mobiles and fixed lines share the numbers behind it.
  { low: 549_11000_00000, high: 549_11999_99999, number: 54_11000_00000 },
  { low: 549_20000_00000, high: 549_39999_99999, number: 54_20000_00000 },
]

const LOWEST = Math.min(...OTHER_FORMS.map(({ number }) => number))
const HIGHEST = Math.max(...OTHER_FORMS.map(({ high }) => high))

/** The form that counts: it is stored, claimed, listed and compared. */
export function canonicalNumber(number: number): number {
  if (number < LOWEST || number > HIGHEST) return number
  const form = OTHER_FORMS.find(({ low, high }) => number >= low && number <= high)
  return form ? form.number + (number - form.low) : number
}

/** The other form of a number, whichever of the two it is given; undefined: it has one form, like most. */
export function otherForm(number: number): number | undefined {
  if (number < LOWEST || number > HIGHEST) return undefined
  for (const form of OTHER_FORMS) {
    if (number >= form.low && number <= form.high) return form.number + (number - form.low)
    const other = form.low + (number - form.number)
    if (other >= form.low && other <= form.high) return other
  }
  return undefined
}

/** A number in the form that counts, and in the other one if it has two. */
export function formsOf(number: number): number[] {
  const other = otherForm(number)
  return other === undefined ? [number] : [number, other]
}

// <NO CHANGE>: on an update it keeps what is stored; on an insert it is a mistake (108). Never stored.

const NO_CHANGE = /^\s*<no change>\s*$/i

/** Any case, angle brackets needed, surrounding blanks ignored however many they are. */
export const isNoChange = (value: string) => NO_CHANGE.test(value)

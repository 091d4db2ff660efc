// What a demo is asked for.

export const LEADS_DEFAULT = 20_000
export const LEADS_MAX = 200_000

export interface DemoOptions {
  leads: number
  dataDir: string
  still?: boolean
}

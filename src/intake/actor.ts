// The author of a deed, and the way in which it came in.

type Way = 'classic' | 'v1' | 'screen' | 'import' | 'dialler' | 'action'

export interface Actor {
  /** key:7, operator:3, action:4, pull:2, import:12 or system. */
  actor: string
  way: Way
  request_id: string
}

/** The author of a deed that changes no lead. The command line has no request. */
export type Author = Pick<Actor, 'actor'> & Partial<Pick<Actor, 'request_id'>>

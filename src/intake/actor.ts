// Who does something, and which way it came in.

export type Way = 'classic' | 'v1' | 'screen' | 'import' | 'dialler' | 'action'

export interface Actor {
  /** key:7, operator:3, action:4 or system. */
  actor: string
  way: Way
  request_id: string
}

/** As much of an actor as the audit log needs. */
export type Signature = Pick<Actor, 'actor'> & Partial<Pick<Actor, 'request_id'>>

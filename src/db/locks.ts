// The advisory locks. A database has one set of numbers for all of them, so they are kept together.

export const LOCKS = {
  /** Held by a session: one process brings the schema forward. */
  migrate: 7_350_112,
  /** One process makes the sample and the first key. */
  bootstrap: 7_350_113,
  /** Shared by whoever parks leads, alone for whoever frees numbers. */
  parking: 7_350_114,
  /** One change of actions at a time: two of them together could close a ring. */
  actions: 7_350_115,
  /** One change of operators at a time: of many who make the first one, one does. */
  operators: 7_350_116,
  /** With the hash of its id: a worker of the job queue is alive. */
  job_workers: 7_350_117,
  /**
   * With the id of contact hours, of a disposition set: shared by writes that rest on the zone, on a disposition; alone
   * for whoever changes it. Shared in the functions of the migrations.
   */
  zone: 7_350_118,
  dispositions: 7_350_119,
  /** With a part of a number: whoever counts its attempts, or ends one, has it alone. */
  attempts: 7_350_130,
  /** With a part of what leads are compared by: of imports that would take the same lead, one looks at a time. */
  same_lead: 7_350_160,
  /** Shared by whoever reads a backup, alone for whoever changes the schema. */
  backup: 7_350_150,
  /** Held by a session: one process restores a backup. */
  restore: 7_350_151,
  /** One process writes the texts of search. */
  indexer: 7_350_155,
  /** Held by a session: one process makes an index while the database is at work. */
  index_change: 7_350_156,
} as const

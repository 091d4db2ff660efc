// The bounds of the product that callers run into. Units last.

export const LIMITS = {
  body_bytes_max: 256 * 1024,
  batch_body_bytes_max: 8 * 1024 * 1024,
  /** Without a key or session. */
  open_body_bytes_max: 4 * 1024,
  batch_rows_max: 1_000,
  json_depth_max: 32,
  /**
   * Of one object, of one array, and of a whole document. Schemas take less, and refuse with better words. A batch of
   * leads in which every field has a value fits.
   */
  json_keys_max: 1_000,
  json_entries_max: 20_000,
  json_values_max: 300_000,
  /** Of a text or a long text; what screens offer for a text, and a lead's source. */
  text_points_max: 20_000,
  /** Fields that a fill asks about, and values of each. */
  fill_fields_max: 20,
  fill_values_max: 500,
  short_text_points_max: 1_000,
  external_id_points_max: 200,
  /** Of a template, not counting retired ones. */
  fields_max: 200,
  /** Unmapped keys of a lead, and the bytes of all these keys and their values together. */
  unmapped_keys_max: 50,
  unmapped_bytes_max: 32 * 1024,
  /** Warnings that an event names, and characters of the header that names them. */
  warnings_max: 100,
  warnings_header_max: 1_000,
  dnc_numbers_max: 10_000,
  /** Callbacks that one call moves, in one transaction. */
  callbacks_shifted_max: 10_000,
  /** Numbers that a caller without the scope manage, or of a team, adds to the private list: in a call, in a day. */
  dnc_numbers_bounded_max: 100,
  dnc_numbers_day_max: 1_000,
  /** Each part of a file of numbers or of a master list, but the last. */
  file_part_bytes: 5 * 1024 * 1024,
  /** Rows of a file of numbers that were not taken, and are kept. */
  dnc_rejects_max: 100_000,
  /** Fields of a master list that have points, and ways in which these reach its threshold. */
  master_list_fields_max: 20,
  master_list_ways_max: 50,
  /** Days back that an import looks for leads: ten years. */
  dedupe_days_max: 3_650,
  /** Fields by which an import compares leads. */
  dedupe_fields_max: 5,
  page_rows_max: 500,
  page_rows_default: 100,
  search_rows_default: 50,
  search_points_max: 200,
  /** Call records of one answer of the classic API, and the texts of their leads. */
  calls_max: 1_000,
  calls_bytes_max: 8 * 1024 * 1024,
  /** The longest call: two days. */
  call_s_max: 172_800,
  leases_max: 500,
  /** Allocations that a virtual one draws on. */
  members_max: 20,
  lease_s_default: 180,
  lease_s_max: 3_600,
  lease_wait_s_max: 30,
  /** Attempts that a rule counts, and the longest gap between two: four weeks. */
  attempts_max: 100,
  attempt_gap_s_max: 28 * 86_400,
  /** How long a due callback is kept for its agent. */
  callback_grace_s: 900,
  /** For so long a key works beside the one that follows it. */
  key_overlap_s_default: 86_400,
  key_overlap_s_max: 30 * 86_400,
  /** A session of an operator ends after so long, and after so long without a request. */
  session_s_max: 43_200,
  session_idle_s_max: 3_600,
  /** For so long a browser in which an operator signed in is known, and so many of each operator. */
  device_s_max: 90 * 86_400,
  devices_max: 20,
  /** Logins that are tried, each with where it is tried from, that are kept. */
  sign_in_failures_max: 100_000,
  /** How long somebody counts as present after reporting an open lead. */
  presence_s_max: 25,
  /** Topics of one stream of events, and streams of one process. */
  topics_max: 20,
  followers_max: 2_000,
  /** Takers that wait for a lead at once, in one process. */
  takers_max: 2_000,
  /** Of a file that is read; of what it unpacks to, in all and for each byte; of a workbook before .xlsx. */
  file_bytes_max: 1024 * 1024 * 1024,
  unpacked_bytes_max: 8 * 1024 * 1024 * 1024,
  unpacked_ratio_max: 250,
  xls_bytes_max: 64 * 1024 * 1024,
  /** Every part of a file but its last has so many bytes. */
  import_part_bytes: 5 * 1024 * 1024,
  /** Columns of a table, and characters of one of its rows. */
  columns_max: 1_000,
  row_units_max: 2 * 1024 * 1024,
} as const

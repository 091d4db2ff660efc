// A file that cannot be read. It may turn out in the middle of the rows, so it is thrown; whoever reads a file catches it.

import { FILE_PROBLEMS, type FileProblem } from '../core/table.ts'

export class UnreadableFile extends Error {
  readonly problem: FileProblem
  /** More than the problem says by itself, as a sentence without content of the file. */
  readonly detail: string | undefined

  constructor(problem: FileProblem, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? FILE_PROBLEMS[problem] : `${FILE_PROBLEMS[problem]} ${detail}`, options)
    this.name = 'UnreadableFile'
    this.problem = problem
    this.detail = detail
  }
}

/** Tools under `tools:` whose runs are jobs, for tests of several servers. */

/** One run at a time, which takes as many seconds as it is given. */
export const HOLD_TOOL = `
  hold:
    description: Takes its time
    command: sleep
    args: ['{seconds}']
    parameters: { seconds: { type: integer, min: 1, max: 100000 } }
    concurrency: 1
    job: required`;

export const COUNT_TOOL = `
  count:
    description: Prints numbers
    command: seq
    args: ['{last}']
    parameters: { last: { type: integer, min: 1, max: 10000000 } }
    job: required`;

import { randomBytes } from 'node:crypto';

const ID_BYTES = 20;
const JOB_ID = /^[A-Za-z0-9_-]{27}$/;

export function newJobId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

/** Whether there can be a job of this id; nothing else is looked up. */
export function isJobId(text: unknown): text is string {
  return typeof text === 'string' && JOB_ID.test(text);
}

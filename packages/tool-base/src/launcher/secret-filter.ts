/** Keeps the secrets that a program was given out of what it prints. */

import type { OutputStream, ProgramSecret, ProgramSpec, RunOptions } from './program.ts';

const REDACTED = Buffer.from('[redacted]');

export interface FilteredOutput {
  readonly write: RunOptions['onOutput'];
  /** What was held back comes now, except the beginning of a secret of which the rest was cut off. */
  readonly end: (isCut: boolean) => void;
}

type WithSecrets = Pick<ProgramSpec, 'secrets'>;

/**
 * Lines without the secrets of the program.
 * @returns what replaces a line; `isCut`: its end was cut off, so it may end with the beginning of a secret, which goes too
 */
export function secretFreeLines({ secrets = [] }: WithSecrets): (line: Buffer, isCut: boolean) => Buffer {
  if (secrets.length === 0) return (line) => line;
  const forms = allForms(secrets);
  return (line, isCut) => redact(line, forms, !isCut).clean;
}

/** Output without the secrets of the program, also where one comes in two pieces. Without secrets nothing is held back. */
export function withoutSecrets({ secrets = [] }: WithSecrets, onOutput: RunOptions['onOutput']): FilteredOutput {
  if (secrets.length === 0) return { write: onOutput, end: () => undefined };
  const forms = allForms(secrets);
  const held: Record<OutputStream, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  const send = (stream: OutputStream, bytes: Buffer): void => {
    if (bytes.length > 0) onOutput(stream, bytes);
  };
  return {
    write(stream, bytes) {
      const { clean, rest } = redact(Buffer.concat([held[stream], bytes]), forms);
      held[stream] = rest;
      send(stream, clean);
    },
    end(isCut) {
      for (const stream of ['stdout', 'stderr'] as const) {
        const restAt = isCut ? restOf(held[stream], forms, 0) : held[stream].length;
        send(stream, redact(held[stream].subarray(0, restAt), forms, true).clean);
        if (restAt < held[stream].length) send(stream, REDACTED);
      }
    },
  };
}

/** The longest first: one secret may begin like another. */
function allForms(secrets: readonly ProgramSecret[]): readonly Buffer[] {
  const forms = [...new Set(secrets.flatMap(({ value }) => formsOf(value)))].map((form) => Buffer.from(form));
  return forms.sort((a, b) => b.length - a.length);
}

/** As it is, line by line, and as programs write it inside JSON, URLs and HTTP headers. */
function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= MIN_LINE);
  return [
    value,
    ...lines,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    Buffer.from(value).toString('base64'),
  ].filter((form) => form !== '');
}

/** A shorter line of a secret, such as a brace, is no secret by itself. */
const MIN_LINE = 8;

/** `rest` is what may be the beginning of a secret; at the end nothing may. */
function redact(
  data: Buffer,
  forms: readonly Buffer[],
  isEnd = false,
): { readonly clean: Buffer; readonly rest: Buffer } {
  const pieces: Buffer[] = [];
  let at = 0;
  let restAt = isEnd ? data.length : restOf(data, forms, at);
  for (;;) {
    const match = firstMatch(data, forms, at);
    // A longer secret may begin where a shorter one matches.
    if (match === undefined || match.at >= restAt) break;
    pieces.push(data.subarray(at, match.at), REDACTED);
    at = match.at + match.length;
    if (at > restAt) restAt = restOf(data, forms, at);
  }
  pieces.push(data.subarray(at, restAt));
  return { clean: Buffer.concat(pieces), rest: Buffer.from(data.subarray(restAt)) };
}

function firstMatch(
  data: Buffer,
  forms: readonly Buffer[],
  from: number,
): { readonly at: number; readonly length: number } | undefined {
  let first: { readonly at: number; readonly length: number } | undefined;
  for (const form of forms) {
    const at = data.indexOf(form, from);
    if (at >= 0 && (first === undefined || at < first.at)) first = { at, length: form.length };
  }
  return first;
}

/** Where the end of the data begins that is the beginning of a secret, the longest such. */
function restOf(data: Buffer, forms: readonly Buffer[], from: number): number {
  const longest = (forms[0]?.length ?? 1) - 1;
  for (let at = Math.max(from, data.length - longest); at < data.length; at += 1) {
    const tail = data.subarray(at);
    if (forms.some((form) => form.length > tail.length && form.subarray(0, tail.length).equals(tail))) return at;
  }
  return data.length;
}

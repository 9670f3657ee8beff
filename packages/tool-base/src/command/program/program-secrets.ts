/** The secrets of a tool: read when they are needed, and never part of a message. */

import { readFileSync } from 'node:fs';
import type { Availability } from '../../declare/tool-definition.ts';
import type { ProgramSecret } from '../../launcher/program.ts';
import { ToolError } from '../../result/tool-error.ts';
import type { CommandToolSpec, SecretSource } from '../command-spec.ts';

const MAX_SECRET_BYTES = 16_384;
/** A shorter one could not be kept out of the output without spoiling it. */
const MIN_SECRET_LENGTH = 4;

/** @throws {ToolError} `unavailable` when one cannot be read */
export function readSecrets(spec: Pick<CommandToolSpec, 'secrets'>): readonly ProgramSecret[] {
  return Object.entries(spec.secrets ?? {}).map(([name, source]) => {
    const { value } = readSecret(source);
    if (value === undefined) {
      throw new ToolError('unavailable', 'A secret that this tool needs is missing.', {
        suggestion: 'Ask the operator to run the doctor.',
      });
    }
    return { name, value, as: source.as ?? 'environment' };
  });
}

/** Whether every secret can be read now. */
export function secretsAvailable(spec: Pick<CommandToolSpec, 'secrets'>): Availability {
  for (const [name, source] of Object.entries(spec.secrets ?? {})) {
    const { problem } = readSecret(source);
    if (problem !== undefined) return { ok: false, reason: `Its secret ${name} is missing: ${problem}.` };
  }
  return { ok: true };
}

type Reading =
  | { readonly value: string; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: string };

function readSecret({ file, variable = '' }: SecretSource): Reading {
  let value: string | undefined;
  if (file === undefined) value = process.env[variable];
  else {
    try {
      value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch {
      return { problem: 'its file cannot be read' };
    }
  }
  const from = file === undefined ? 'its variable' : 'its file';
  if (value === undefined) return { problem: `${from} is not set` };
  if (value.length < MIN_SECRET_LENGTH) return { problem: `${from} has fewer than ${MIN_SECRET_LENGTH} characters` };
  if (Buffer.byteLength(value) > MAX_SECRET_BYTES || value.includes('\0')) {
    return { problem: `${from} is longer than 16 KiB or no text` };
  }
  return { value };
}

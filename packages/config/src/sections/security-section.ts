import { group, list } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { boolean } from '../fields/word-fields.ts';
import { integer } from '../fields/number-fields.ts';
import { text } from '../fields/text-fields.ts';
import type { SecuritySettings } from './standard-config.ts';

export const securitySection: Field<SecuritySettings> = group<SecuritySettings>(
  {
    allowedTargets: list(text({ doc: 'An address, a network or a host name.', maxLength: 253 }), {
      doc: 'What tools may reach; an empty list allows nothing.',
      default: ['RFC1918', '.lab.internal'],
    }),
    maxArgsLength: integer({
      doc: 'Maximum length of extraArgs in one call, in bytes.',
      min: 1,
      max: 10_240,
      default: 2048,
      variables: ['MCP_MAX_ARGS_LEN'],
    }),
    maxOutputSize: integer({
      doc: 'Bytes of output read of one run; a program that prints more is ended.',
      min: 1024,
      max: 10_485_760,
      default: 1_048_576,
      variables: ['MCP_MAX_STDOUT_BYTES'],
    }),
    timeoutSeconds: duration({ doc: 'Maximum timeout of any tool.', min: 1, max: 3600, default: 300 }),
    concurrencyLimit: integer({ doc: 'Maximum concurrency of any tool.', min: 1, max: 100, default: 100 }),
    allowIntrusive: boolean({ doc: 'Whether intrusive tools are offered.', default: false }),
  },
  { doc: 'What tools may reach, and the limits of every tool.' },
);

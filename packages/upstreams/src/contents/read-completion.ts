import { sanitizeText } from '@mcp/tool-base';

import { isMembers, type Members } from '../connection/take-apart.ts';

const MAX_VALUES = 100;

/** The values of a completion that are texts. */
export function readCompletion({ completion }: Members): readonly string[] {
  const { values } = isMembers(completion) ? completion : {};
  if (!Array.isArray(values)) return [];
  const texts = values.filter((value): value is string => typeof value === 'string');
  return texts.slice(0, MAX_VALUES).map((value) => sanitizeText(value).text);
}

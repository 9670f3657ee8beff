import { sanitizeText } from '@mcp/tool-base';

import { fingerprintOf } from '../../foundation/fingerprint.ts';

/** Of the arguments that operators see, in characters. */
const MAX_SHOWN_LENGTH = 4000;

/** Equal for two calls exactly when tool, caller and arguments are the same; the order of keys does not matter. */
export function callFingerprint(tool: string, values: unknown, caller: string): string {
  return fingerprintOf([tool, caller, values ?? {}]);
}

/** The arguments as JSON, without characters that hide or disguise text. */
export function shownArguments(values: unknown): string {
  const { text } = sanitizeText(JSON.stringify(values ?? {}));
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}… (${text.length} characters)`;
}

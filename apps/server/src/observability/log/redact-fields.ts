const SECRET_NAMES = ['authorization', 'apiKey', 'password', 'token'] as const;
const CENSORED = '[redacted]';

/**
 * The fields of a log line with `[redacted]` in place of every member with the name of a secret, in the fields themselves and
 * one level below. Fields without one are returned as they are; others are copied, never changed.
 */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  let redacted = redactMembers(fields);
  for (const key in redacted) {
    const value = redacted[key];
    if (typeof value !== 'object' || value === null || isSerialized(key, value)) continue;
    const inner = redactMembers(value as Record<string, unknown>);
    if (inner === value) continue;
    if (redacted === fields) redacted = { ...fields };
    redacted[key] = inner;
  }
  return redacted;
}

/** A serializer of the log describes these errors without the members that a library added. */
function isSerialized(key: string, value: object): boolean {
  return (key === 'err' || key === 'error') && value instanceof Error;
}

function redactMembers(value: Record<string, unknown>): Record<string, unknown> {
  let redacted = value;
  for (const name of SECRET_NAMES) {
    if (value[name] === undefined || !Object.hasOwn(value, name)) continue;
    if (redacted === value) redacted = { ...value };
    redacted[name] = CENSORED;
  }
  return redacted;
}

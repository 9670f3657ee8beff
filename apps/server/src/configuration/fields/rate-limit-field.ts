import { duration, group, integer, optional, type Field } from '@mcp/config';

/** `rateLimit` of one tool; the window in seconds. */
export interface ToolRateLimitConfig {
  readonly requests: number;
  readonly window: number;
  /** @default requests */
  readonly burst: number | undefined;
}

export function toolRateLimitField(): Field<ToolRateLimitConfig> {
  return group<ToolRateLimitConfig>(
    {
      requests: integer({ doc: 'Calls of one caller in a window, in the long run.', min: 1, max: 1_000_000 }),
      window: duration({ doc: 'The window.', min: 1, max: 86_400, default: 60 }),
      burst: optional(
        integer({
          doc: 'Calls that may come at once after a pause. Unset: as many as requests.',
          min: 1,
          max: 1_000_000,
        }),
      ),
    },
    { doc: 'How often each caller may call this tool, over stdio too; instead of security.rateLimit.' },
  );
}

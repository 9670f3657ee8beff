/** The scopes that keys and tokens can have. */

/** No scope includes another. */
export const SCOPES = ['tools:read', 'tools:call', 'approvals', 'admin'] as const;

/** `tools:call:<glob>` narrows `tools:call`; `tools:scope:<name>` is what `scope` of a tool asks for beside it. */
export const SCOPE_PATTERN: RegExp =
  /^(?:tools:read|tools:call(?::[A-Za-z0-9_.*?-]{1,128})?|tools:scope:[a-z][a-z0-9_.-]{0,63}|approvals|admin)$/;

/** For messages. */
export const SCOPE_FORMS = 'tools:read, tools:call, tools:call:GLOB, tools:scope:NAME, approvals or admin';

/** What `scope` of a tool may be. */
export const TOOL_SCOPE_NAME: RegExp = /^[a-z][a-z0-9_.-]{0,63}$/;
export const TOOL_SCOPE_PREFIX = 'tools:scope:';

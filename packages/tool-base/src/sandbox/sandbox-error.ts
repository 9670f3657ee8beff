/** A sandbox that cannot be tried, or is not what its level promises; the message is for people. */
export class SandboxError extends Error {}

import type { Tool } from '../tool/tool.ts';

/** What a second person has said about one call, as far as it is known now. */
export type Approval =
  | { readonly state: 'allowed' }
  | { readonly state: 'denied' }
  /** Nobody has decided yet. `link` is the page on which an operator decides; `expiresAtMs` is in milliseconds since the epoch. */
  | { readonly state: 'waiting'; readonly id: string; readonly link: string; readonly expiresAtMs: number }
  /** Too many calls wait already. */
  | { readonly state: 'full' };

/** Asks for the call, or finds out what was decided. An approval that is returned as `allowed` is used up by it. */
export type AskForApproval = (tool: Tool, values: unknown) => Approval;

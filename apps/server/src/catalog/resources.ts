import type { ReadResourceResult } from '@modelcontextprotocol/server';

import type { Principal, Scope } from '../access/principal.ts';

export type ResourceContents = ReadResourceResult['contents'][number];

/** What both kinds of resource have in common. */
export interface ResourceDescription {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  /** Who may list and read it; without one, every caller that may speak MCP. */
  readonly scope?: Scope;
}

/** A resource with one address. */
export interface FixedResource extends ResourceDescription {
  readonly uri: string;
  /** Text, bytes (sent as base64), or contents in full. */
  read(): ResourceBody | Promise<ResourceBody>;
}

/** A resource with one address whose contents depend on the caller. */
export interface CallerResource extends ResourceDescription {
  readonly uri: string;
  readFor(principal: Principal): ResourceBody | Promise<ResourceBody>;
}

/** A family of resources whose addresses follow an RFC 6570 template, such as `mcp://tools/{name}`. */
export interface TemplatedResource extends ResourceDescription {
  readonly uriTemplate: string;
  /** Variables of an address of this family; undefined for any other. @default by the template */
  match?(uri: string): Readonly<Record<string, string>> | undefined;
  /** Whether it is listed for this caller. @default true */
  isOfferedTo?(principal: Principal): boolean;
  /** `undefined` when no such resource exists, or not for this caller. */
  read(
    variables: Readonly<Record<string, string>>,
    principal: Principal,
  ): ResourceBody | undefined | Promise<ResourceBody | undefined>;
  /** The values a variable can take, for completion. */
  values?(variable: string, principal: Principal): readonly string[];
}

export type ResourceBody = string | Uint8Array | readonly ResourceContents[];
export type ResourceDefinition = FixedResource | TemplatedResource;

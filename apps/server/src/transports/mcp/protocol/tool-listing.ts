import { toListedTool, type Tool } from '@mcp/tool-base';

import { mayCall, type Principal } from '../../../access/principal.ts';
import { BoundedMap } from './bounded-map.ts';
import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import { ToolPages, type ToolPage } from './tool-pages.ts';

/** One listing for each set of scopes, with and without what clients without tasks need. */
const MAX_LISTINGS = 64;

/**
 * The result of `tools/list`, made once for each registry version and set of scopes. The description of a tool is fixed
 * while the registry does not change, so callers share the pages and must not alter them.
 */
export class ToolListing {
  readonly #gateway: ToolGateway;
  #version = -1;
  readonly #byScopes = new BoundedMap<string, ToolPages>(MAX_LISTINGS);
  /** Whether a tool's schema wants arguments repeated in HTTP headers. */
  readonly #mirrored = new WeakMap<Tool, boolean>();

  constructor(gateway: ToolGateway) {
    this.#gateway = gateway;
  }

  /**
   * @param hasTasks see {@link ToolGateway.listed}
   * @returns undefined for a cursor that leads to no page of this caller
   */
  page(
    principal: Principal,
    cursor: string | undefined,
    { hasTasks = false }: { readonly hasTasks?: boolean } = {},
  ): ToolPage | undefined {
    return this.#pages(principal, hasTasks).page(cursor);
  }

  /** Differs when what the caller is listed does. */
  digest(principal: Principal): string {
    return this.#pages(principal, false).digest;
  }

  #pages(principal: Principal, hasTasks: boolean): ToolPages {
    const { version } = this.#gateway.registry;
    if (version !== this.#version) {
      this.#byScopes.clear();
      this.#version = version;
    }
    const key = `${hasTasks} ${principal.scopes.join(' ')}`;
    let pages = this.#byScopes.get(key);
    if (!pages) {
      pages = new ToolPages(this.#gateway.listed(principal, { hasTasks }).map(toListedTool));
      this.#byScopes.set(key, pages);
    }
    return pages;
  }

  /** The schema of a tool that wants arguments repeated in `Mcp-Param-*` headers; `undefined` for all other tools. */
  headerSchema(name: string, principal: Principal): Record<string, unknown> | undefined {
    const tool = this.#gateway.registry.get(name);
    if (!tool?.enabled || !mayCall(principal, name)) return undefined;
    let mirrored = this.#mirrored.get(tool);
    if (mirrored === undefined) {
      mirrored = JSON.stringify(tool.inputJsonSchema).includes('"x-mcp-header"');
      this.#mirrored.set(tool, mirrored);
    }
    return mirrored ? { ...tool.inputJsonSchema } : undefined;
  }
}

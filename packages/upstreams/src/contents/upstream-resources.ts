/** The resources and templates of one upstream as its last lists had them, under addresses with its key in them. */
import { isDeepStrictEqual } from 'node:util';

import { sanitizeText } from '@mcp/tool-base';

import type { CalledUpstream } from '../call/call-upstream.ts';
import { isBase64 } from '../call/read-result.ts';
import { isMembers } from '../connection/take-apart.ts';
import type { WithheldTool } from '../listing/listed-tool.ts';
import { asker, type Ask, type RequestCaller } from './ask-upstream.ts';
import { exposedUri, ownUri } from './exposed-uri.ts';
import { readListedResource, type ListedResource } from './listed-contents.ts';
import { readCompletion } from './read-completion.ts';
import type { ResourceWatch } from './resource-watch.ts';

export type OfferedResource = ListedResource;

export type ReadContents = { readonly uri: string; readonly mimeType?: string } & (
  | { readonly text: string }
  | { readonly blob: string }
);

const MAX_CONTENTS = 1000;
const MIME_TYPE = /^[\x21-\x7e][\x20-\x7e]{0,255}$/;

export interface UpstreamResourcesOptions {
  readonly upstream: CalledUpstream;
  readonly timeoutMs: number;
  readonly watch: ResourceWatch;
}

export class UpstreamResources {
  readonly #options: UpstreamResourcesOptions;
  readonly #ask: Ask;
  #resources: readonly OfferedResource[] = [];
  #templates: readonly OfferedResource[] = [];
  readonly #withheld = new Map<string, readonly WithheldTool[]>();

  constructor(options: UpstreamResourcesOptions) {
    this.#options = options;
    this.#ask = asker(options);
  }

  /** In the upstream's order, as are the templates. */
  get resources(): readonly OfferedResource[] {
    return this.#resources;
  }

  get templates(): readonly OfferedResource[] {
    return this.#templates;
  }

  get withheld(): readonly WithheldTool[] {
    return [...this.#withheld.values()].flat();
  }

  /** @returns whether what is offered changed */
  listed(items: readonly unknown[]): boolean {
    const next = this.#offered(items, 'uri');
    const isSame = isDeepStrictEqual(next, this.#resources);
    if (!isSame) this.#resources = next;
    return !isSame;
  }

  /** @returns whether what is offered changed */
  templatesListed(items: readonly unknown[]): boolean {
    const next = this.#offered(items, 'uriTemplate');
    const isSame = isDeepStrictEqual(next, this.#templates);
    if (!isSame) this.#templates = next;
    return !isSame;
  }

  /** Whether the address is one of this upstream, listed or not: tools link to resources that no list has. */
  owns(exposed: string): boolean {
    return ownUri(this.#options.upstream.key, exposed) !== undefined;
  }

  /** @throws {ToolError} in words for the caller */
  async read(exposed: string, caller: RequestCaller): Promise<readonly ReadContents[]> {
    const { contents } = await this.#ask('resources/read', { uri: this.ownUri(exposed) }, caller);
    return (Array.isArray(contents) ? contents : [])
      .slice(0, MAX_CONTENTS)
      .flatMap((each: unknown) => this.#readContents(each, exposed));
  }

  /** @throws {ToolError} in words for the caller */
  async complete(
    exposedTemplate: string,
    argument: { readonly name: string; readonly value: string },
    caller: RequestCaller,
  ): Promise<readonly string[]> {
    const ref = { type: 'ref/resource', uri: this.ownUri(exposedTemplate) };
    return readCompletion(await this.#ask('completion/complete', { ref, argument }, caller));
  }

  /** Its changes are reported until the result is disposed. */
  subscribe(exposed: string): Disposable {
    return this.#options.watch.add(this.ownUri(exposed));
  }

  /** The upstream's own address of a resource. */
  ownUri(exposed: string): string {
    return ownUri(this.#options.upstream.key, exposed) ?? exposed;
  }

  #offered(items: readonly unknown[], member: 'uri' | 'uriTemplate'): OfferedResource[] {
    const { key } = this.#options.upstream;
    const byUri = new Map<string, OfferedResource>();
    const withheld: WithheldTool[] = [];
    for (const item of items) {
      const read = readListedResource(item, member);
      if ('reason' in read) withheld.push(read);
      else if (byUri.has(read.uri)) withheld.push({ name: read.name, reason: 'Its address is listed twice.' });
      else byUri.set(read.uri, { ...read, uri: exposedUri(key, read.uri) });
    }
    this.#withheld.set(member, withheld);
    return [...byUri.values()];
  }

  #readContents(raw: unknown, exposed: string): ReadContents[] {
    if (!isMembers(raw)) return [];
    const { uri, mimeType, text, blob } = raw;
    const head = {
      uri: typeof uri === 'string' ? exposedUri(this.#options.upstream.key, sanitizeText(uri).text) : exposed,
      ...(typeof mimeType === 'string' && MIME_TYPE.test(mimeType) && { mimeType }),
    };
    if (typeof text === 'string') return [{ ...head, text: sanitizeText(text).text }];
    return isBase64(blob) ? [{ ...head, blob }] : [];
  }
}

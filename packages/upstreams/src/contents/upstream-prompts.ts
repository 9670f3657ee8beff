/** The prompts of one upstream as its last list had them, under names that begin with its key. */
import { isDeepStrictEqual } from 'node:util';

import { cleanBlock, sanitizeText, type ContentBlock } from '@mcp/tool-base';

import type { CalledUpstream } from '../call/call-upstream.ts';
import { readBlock } from '../call/read-result.ts';
import { isMembers, type Members } from '../connection/take-apart.ts';
import { exposedName } from '../listing/exposed-name.ts';
import type { WithheldTool } from '../listing/listed-tool.ts';
import { askUpstream, type RequestCaller } from './ask-upstream.ts';
import { readCompletion } from './read-completion.ts';
import { readListedPrompt, type ListedPrompt } from './listed-contents.ts';

/** A prompt; its name is the one that clients use. */
export type OfferedPrompt = ListedPrompt;

export interface PromptResult {
  readonly description?: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: ContentBlock }[];
}

const MAX_MESSAGES = 1000;

export class UpstreamPrompts {
  readonly #upstream: CalledUpstream;
  readonly #timeoutMs: number;
  #own = new Map<string, string>();
  #offered: readonly OfferedPrompt[] = [];
  #withheld: readonly WithheldTool[] = [];

  constructor(upstream: CalledUpstream, timeoutMs: number) {
    this.#upstream = upstream;
    this.#timeoutMs = timeoutMs;
  }

  /** Sorted by name. */
  get offered(): readonly OfferedPrompt[] {
    return this.#offered;
  }

  get withheld(): readonly WithheldTool[] {
    return this.#withheld;
  }

  /** @returns whether what is offered changed */
  listed(items: readonly unknown[]): boolean {
    const read = items.map(readListedPrompt);
    const withheld = read.filter((each) => 'reason' in each);
    const listed = read.filter((each) => !('reason' in each)) as ListedPrompt[];
    const offered: OfferedPrompt[] = [];
    const own = new Map<string, string>();
    for (const [exposed, same] of Map.groupBy(listed, ({ name }) => exposedName(this.#upstream.key, name))) {
      const [first] = same;
      if (same.length === 1 && first !== undefined) {
        offered.push({ ...first, name: exposed });
        own.set(exposed, first.name);
      } else
        for (const { name } of same) withheld.push({ name, reason: `Another prompt would also be named ${exposed}.` });
    }
    offered.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#own = own;
    this.#withheld = withheld;
    const isSame = isDeepStrictEqual(offered, this.#offered);
    if (!isSame) this.#offered = offered;
    return !isSame;
  }

  /** @throws {ToolError} in words for the caller */
  async get(exposed: string, values: Readonly<Record<string, string>>, caller: RequestCaller): Promise<PromptResult> {
    const params = { name: this.#own.get(exposed) ?? exposed, arguments: values };
    const raw = await this.#ask('prompts/get', params, caller);
    const { description, messages } = raw;
    return {
      ...(typeof description === 'string' && { description: sanitizeText(description).text }),
      messages: (Array.isArray(messages) ? messages : []).slice(0, MAX_MESSAGES).map((message: unknown) => ({
        role: isMembers(message) && message['role'] === 'assistant' ? 'assistant' : 'user',
        content: this.#readContent(isMembers(message) ? message['content'] : undefined),
      })),
    };
  }

  /** @throws {ToolError} in words for the caller */
  async complete(
    exposed: string,
    argument: { readonly name: string; readonly value: string },
    caller: RequestCaller,
  ): Promise<readonly string[]> {
    const ref = { type: 'ref/prompt', name: this.#own.get(exposed) ?? exposed };
    return readCompletion(await this.#ask('completion/complete', { ref, argument }, caller));
  }

  /** A model reads it as it is: nothing further cleans it. */
  #readContent(raw: unknown): ContentBlock {
    return cleanBlock(readBlock(raw, this.#upstream.exposeUri));
  }

  #ask(method: string, params: Members, caller: RequestCaller): Promise<Members> {
    return askUpstream(this.#upstream, { method, params, caller, timeoutMs: this.#timeoutMs });
  }
}

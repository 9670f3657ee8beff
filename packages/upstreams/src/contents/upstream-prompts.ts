/** The prompts of one upstream as its last list had them, under names that begin with its key. */
import { isDeepStrictEqual } from 'node:util';

import { cleanBlock, sanitizeText, type ContentBlock } from '@mcp/tool-base';

import type { CalledUpstream } from '../call/call-upstream.ts';
import { readBlock } from '../call/read-result.ts';
import { isMembers } from '../connection/take-apart.ts';
import { exposedName } from '../listing/exposed-name.ts';
import type { WithheldTool } from '../listing/listed-tool.ts';
import type { TrustGate } from '../trust/trust-gate.ts';
import { diffOf } from '../trust/diff-of.ts';
import type { Pending } from '../trust/trust.ts';
import type { UpstreamDiff } from '../upstream-report.ts';
import { asker, type Ask, type RequestCaller } from './ask-upstream.ts';
import { readCompletion } from './read-completion.ts';
import { readListedPrompt, type ListedPrompt } from './listed-contents.ts';

/** A prompt; its name is the one that clients use. */
export type OfferedPrompt = ListedPrompt;

export interface PromptResult {
  readonly description?: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: ContentBlock }[];
}

export interface UpstreamPromptsOptions {
  readonly upstream: CalledUpstream;
  readonly timeoutMs: number;
  readonly trust: TrustGate<ListedPrompt>;
  /** What is offered changed, or what waits for approval. */
  readonly onChange: () => void;
}

interface NamedPrompt {
  readonly exposed: string;
  readonly prompt: ListedPrompt;
}

interface PendingPrompt {
  readonly exposed: string;
  readonly pending: Pending<ListedPrompt>;
}

const MAX_MESSAGES = 1000;

export class UpstreamPrompts {
  readonly #options: UpstreamPromptsOptions;
  readonly #ask: Ask;
  /** Of the last list, each under a name of its own. */
  #unique: readonly NamedPrompt[] = [];
  #own = new Map<string, string>();
  #pending: readonly PendingPrompt[] = [];
  #offered: readonly OfferedPrompt[] = [];
  #withheld: readonly WithheldTool[] = [];
  #isListed = false;

  constructor(options: UpstreamPromptsOptions) {
    this.#options = options;
    this.#ask = asker(options);
  }

  /** Sorted by name. */
  get offered(): readonly OfferedPrompt[] {
    return this.#offered;
  }

  get withheld(): readonly WithheldTool[] {
    return this.#withheld;
  }

  /** Those that wait for approval; nobody can list or use them. */
  get pending(): readonly PendingPrompt[] {
    return this.#pending;
  }

  listed(items: readonly unknown[]): void {
    const read = items.map(readListedPrompt);
    const withheld = read.filter((each) => 'reason' in each);
    const listed = read.filter((each) => !('reason' in each)) as ListedPrompt[];
    const unique: NamedPrompt[] = [];
    for (const [exposed, same] of Map.groupBy(listed, ({ name }) => exposedName(this.#options.upstream.key, name))) {
      const [first] = same;
      if (same.length === 1 && first !== undefined) unique.push({ exposed, prompt: first });
      else
        for (const { name } of same) withheld.push({ name, reason: `Another prompt would also be named ${exposed}.` });
    }
    this.#unique = unique.sort((a, b) => (a.exposed < b.exposed ? -1 : 1));
    this.#withheld = withheld;
    this.#isListed = true;
    this.evaluate();
  }

  /** Again, after what is approved may have changed. */
  evaluate(): void {
    if (!this.#isListed) return;
    const { trust, onChange } = this.#options;
    const exposedOf = new Map(this.#unique.map(({ exposed, prompt }) => [prompt.name, exposed]));
    const decision = trust.decide(this.#unique.map(({ prompt }) => prompt));
    const offered = decision.trusted.map((prompt) => ({ ...prompt, name: exposedOf.get(prompt.name)! }));
    const pending = decision.pending.map((each) => ({ exposed: exposedOf.get(each.item.name)!, pending: each }));
    this.#own = new Map(decision.trusted.map(({ name }) => [exposedOf.get(name)!, name]));
    if (isDeepStrictEqual([offered, pending], [this.#offered, this.#pending])) return;
    this.#offered = offered;
    this.#pending = pending;
    onChange();
  }

  /** @throws {PinStoreError} when the approval cannot be kept */
  approve(name: string | undefined): readonly string[] {
    const approved = this.#options.trust.approveNamed(this.#pending, name);
    if (approved.length > 0) this.evaluate();
    return approved;
  }

  /** Whether the last list has it, by the upstream's own name. */
  hasListed(name: string): boolean {
    return this.#unique.some(({ prompt }) => prompt.name === name) || this.#withheld.some((each) => each.name === name);
  }

  diff(): readonly UpstreamDiff[] {
    return diffOf('prompt', this.#pending);
  }

  /** The upstream's own name of a prompt. */
  ownName(exposed: string): string {
    return this.#own.get(exposed) ?? exposed;
  }

  /** @throws {ToolError} in words for the caller */
  async get(exposed: string, values: Readonly<Record<string, string>>, caller: RequestCaller): Promise<PromptResult> {
    const params = { name: this.ownName(exposed), arguments: values };
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
    const ref = { type: 'ref/prompt', name: this.ownName(exposed) };
    return readCompletion(await this.#ask('completion/complete', { ref, argument }, caller));
  }

  /** A model reads it as it is: nothing further cleans it. */
  #readContent(raw: unknown): ContentBlock {
    return cleanBlock(readBlock(raw, this.#options.upstream.exposeUri));
  }
}

/** Prompts, resources and templates as an upstream lists them: each can be offered, or there is a reason why not. */
import { MAX_TITLE_LENGTH } from '@mcp/tool-base';

import { isMembers, type Members } from '../connection/take-apart.ts';
import { CleanTexts } from '../listing/clean-texts.ts';
import type { WithheldTool } from '../listing/listed-tool.ts';

export interface ListedPrompt {
  /** As the upstream calls it. */
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly arguments?: readonly { readonly name: string; readonly description?: string; readonly required: boolean }[];
}

/** `uri` is an address, or of a template the pattern of addresses; both as the upstream writes them. */
export interface ListedResource {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  readonly size?: number;
}

const MAX_NAME_LENGTH = 256;
const MAX_URI_LENGTH = 2048;
const MAX_DESCRIPTION_BYTES = 16_384;
const MAX_ARGUMENTS = 100;
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[\u0021-\u007e\u00a1-\u{10ffff}]*$/u;
const MIME_TYPE = /^[\x21-\x7e][\x20-\x7e]{0,255}$/;

export function readListedPrompt(raw: unknown): ListedPrompt | WithheldTool {
  const { name } = isMembers(raw) ? raw : {};
  if (!isMembers(raw) || typeof name !== 'string' || name === '')
    return { name: '(no name)', reason: 'The prompt has no name.' };
  const texts = new CleanTexts();
  const shown = texts.clean(name).slice(0, MAX_NAME_LENGTH);
  const withheld = (reason: string): WithheldTool => ({ name: shown, reason });
  if (shown !== name || /\p{Cc}/u.test(shown))
    return withheld('The name of the prompt holds control or invisible characters, or is longer than 256.');
  const given = raw['arguments'] ?? [];
  if (!Array.isArray(given) || given.length > MAX_ARGUMENTS) {
    return withheld(`The arguments of the prompt are not a list of at most ${MAX_ARGUMENTS}.`);
  }
  const parameters = given.map((each: unknown) => (isMembers(each) ? each : {}));
  if (parameters.some((each) => typeof each['name'] !== 'string' || texts.clean(each['name']) !== each['name'])) {
    return withheld('An argument of the prompt has no name, or one with control or invisible characters.');
  }
  const described = describe(raw, texts);
  const prompt: ListedPrompt = {
    name,
    ...described,
    ...(parameters.length > 0 && {
      arguments: parameters.map((each) => ({
        name: each['name'] as string,
        ...describe(each, texts),
        required: each['required'] === true,
      })),
    }),
  };
  return hidingProblem(texts, shown, 'prompt') ?? prompt;
}

/** @param member `uri`, or `uriTemplate` of a template */
export function readListedResource(raw: unknown, member: 'uri' | 'uriTemplate'): ListedResource | WithheldTool {
  const { [member]: uri, name, mimeType, size } = isMembers(raw) ? raw : {};
  const what = member === 'uri' ? 'resource' : 'template';
  if (!isMembers(raw) || typeof uri !== 'string' || uri.length > MAX_URI_LENGTH || !URI.test(uri)) {
    return {
      name: `(${what})`,
      reason: `The ${what} has no address that is a URI of at most ${MAX_URI_LENGTH} characters.`,
    };
  }
  const texts = new CleanTexts();
  const shown = texts.clean(typeof name === 'string' && name !== '' ? name : uri).slice(0, MAX_NAME_LENGTH);
  const resource: ListedResource = {
    uri,
    name: shown,
    ...describe(raw, texts),
    ...(typeof mimeType === 'string' && MIME_TYPE.test(mimeType) && { mimeType }),
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
  };
  return hidingProblem(texts, texts.clean(uri).slice(0, MAX_NAME_LENGTH), what) ?? resource;
}

function hidingProblem(texts: CleanTexts, name: string, what: string): WithheldTool | undefined {
  if (!texts.hides) return undefined;
  return {
    name,
    reason: `Texts of the ${what} use Unicode tags or controls of direction, which hide text from people.`,
  };
}

/** A text that is too long is left out: nothing depends on it. */
function describe(raw: Members, texts: CleanTexts): { readonly title?: string; readonly description?: string } {
  const { title, description } = raw;
  return {
    ...(typeof title === 'string' && title !== '' && { title: texts.clean(title.slice(0, MAX_TITLE_LENGTH)) }),
    ...(typeof description === 'string' &&
      description !== '' &&
      Buffer.byteLength(description) <= MAX_DESCRIPTION_BYTES && { description: texts.clean(description) }),
  };
}

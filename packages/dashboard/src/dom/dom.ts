import { plainText } from '../text/plain-text.ts';

/**
 * The element of index.html with this id.
 * @throws {Error} when index.html and the script do not match
 */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${kind.name} with the id ${id}.`);
}

/** A new element. Strings become text nodes, never HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map((child) => (typeof child === 'string' ? plainText(child) : child)));
  return made;
}

/** Changes the page only when the text differs, so that selections and screen readers are not disturbed. */
export function setText(target: Node, text: string): void {
  const shown = plainText(text);
  if (target.textContent !== shown) target.textContent = shown;
}

export function setAttribute(target: Element, name: string, value: string): void {
  const shown = plainText(value);
  if (target.getAttribute(name) !== shown) target.setAttribute(name, shown);
}

/** Text and tone of a pill; the tone determines colour and symbol, the text has the same meaning in words. */
export function setPill(pill: HTMLElement, tone: string, text: string): void {
  setAttribute(pill, 'data-tone', tone);
  setText(pill, text);
}

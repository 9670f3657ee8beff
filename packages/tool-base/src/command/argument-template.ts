/**
 * The `args` list of a command tool. An item is fixed text, one placeholder, or text with placeholders in it:
 * `{target}`, `{target.host}`, `{target.port}`, `{target.address}`, `{extraArgs}` (alone) and `{parameter}`.
 */

import type { ProgramArgument } from '../launcher/program.ts';
import type { CheckedTarget } from '../target/target-policy.ts';

/** Fixed text, or the name of a placeholder. */
export type TemplatePart = { readonly text: string } | { readonly placeholder: string };

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_.-]*)\}/g;

export function parseItem(item: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let done = 0;
  for (const match of item.matchAll(PLACEHOLDER)) {
    if (match.index > done) parts.push({ text: item.slice(done, match.index) });
    parts.push({ placeholder: match[1] ?? '' });
    done = match.index + match[0].length;
  }
  if (done < item.length || parts.length === 0) parts.push({ text: item.slice(done) });
  return parts;
}

export function placeholdersOf(args: readonly string[]): readonly string[] {
  return args.flatMap((item) => parseItem(item).flatMap((part) => ('placeholder' in part ? [part.placeholder] : [])));
}

const FIELDS: ReadonlySet<string> = new Set(['host', 'port', 'address', 'text']);

/** Splits `target.address` into the parameter and the field; a name without a known field is all parameter. */
export function splitField(placeholder: string): { readonly name: string; readonly field: string | undefined } {
  const dot = placeholder.lastIndexOf('.');
  const field = placeholder.slice(dot + 1);
  return dot > 0 && FIELDS.has(field)
    ? { name: placeholder.slice(0, dot), field }
    : { name: placeholder, field: undefined };
}

/** What a target placeholder stands for: without a field the URL or network as it is, and for a host its pinned address. */
export function targetText(target: CheckedTarget, field: string | undefined): string {
  switch (field) {
    case 'host':
      return target.host ?? target.text;
    case 'port':
      return String(target.port ?? '');
    case 'address':
      return target.address ?? target.host ?? target.text;
    case 'text':
      return target.text;
    case undefined:
    default:
      return target.kind === 'host' ? (target.address ?? target.text) : target.text;
  }
}

/** The arguments for one placeholder; called once for each place it stands in. */
export type Substitute = (placeholder: string) => readonly ProgramArgument[];

function last(piece: readonly string[] | readonly ProgramArgument[]): ProgramArgument | undefined {
  const end = piece.at(-1);
  return typeof end === 'string' ? { text: end, role: 'fixed' } : end;
}

/** The finished arguments. Inside a longer text a placeholder with nothing to say drops the whole item. */
export function fillTemplate(items: readonly (readonly TemplatePart[])[], substitute: Substitute): ProgramArgument[] {
  const filled: ProgramArgument[] = [];
  for (const parts of items) {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) {
      if ('text' in only) filled.push({ text: only.text, role: 'fixed' });
      else filled.push(...substitute(only.placeholder));
      continue;
    }
    const pieces = parts.map((part) => last('text' in part ? [part.text] : substitute(part.placeholder)));
    const [first] = pieces;
    if (first !== undefined && pieces.every((piece) => piece !== undefined)) {
      filled.push({ text: pieces.map((piece) => piece?.text).join(''), role: first.role });
    }
  }
  return filled;
}

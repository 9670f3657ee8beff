/**
 * The `args` list of a command tool. An item is fixed text, one placeholder, or text with placeholders in it:
 * `{target}`, `{target.host}`, `{target.port}`, `{target.address}`, `{extraArgs}` (alone) and `{parameter}`.
 */

import type { ArgumentRole, ProgramArgument } from '../launcher/program.ts';
import type { CheckedTarget } from '../target/target-policy.ts';
import type { ArgumentItem } from './argument-item.ts';
import type { CommandToolSpec } from './command-spec.ts';

/** Fixed text, or the name of a placeholder. */
export type TemplatePart = { readonly text: string } | { readonly placeholder: string };

export type Template = readonly (readonly TemplatePart[])[];

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_.-]*)\}/g;
/** Braces after these belong to another language: `%{http_code}`, `HEAD@{upstream}`, `{{name}}`. */
const FOREIGN_PREFIX: ReadonlySet<string | undefined> = new Set(['%', '@', '{']);

/** The items of a declaration. Braces of another language are fixed text, unless a placeholder of that name is declared. */
export function templateOf(spec: Pick<CommandToolSpec, 'args' | 'target' | 'parameters'>): Template {
  const { target = 'none', parameters = {} } = spec;
  const isDeclared = (name: string): boolean =>
    name === 'extraArgs' || (name === 'target' ? target !== 'none' : Object.hasOwn(parameters, name));
  return spec.args.map((item) => parseItem(item, isDeclared));
}

/** An item as it was written. */
export function itemText(item: ArgumentItem): string {
  return typeof item === 'string' ? item : item.literal;
}

function parseItem(item: ArgumentItem, isDeclared: (name: string) => boolean): readonly TemplatePart[] {
  if (typeof item !== 'string') return [{ text: item.literal }];
  const parts: TemplatePart[] = [];
  let done = 0;
  for (const match of item.matchAll(PLACEHOLDER)) {
    const placeholder = match[1] ?? '';
    if (FOREIGN_PREFIX.has(item[match.index - 1]) && !isDeclared(splitField(placeholder).name)) continue;
    if (match.index > done) parts.push({ text: item.slice(done, match.index) });
    parts.push({ placeholder });
    done = match.index + match[0].length;
  }
  if (done < item.length || parts.length === 0) parts.push({ text: item.slice(done) });
  return parts;
}

export function placeholdersOf(template: Template): readonly string[] {
  return template.flatMap((parts) => parts.flatMap((part) => ('placeholder' in part ? [part.placeholder] : [])));
}

/**
 * Parameters that only stand behind fixed text of the same item, as in `--regexp={pattern}`. The finished argument starts with
 * that text, so a value may start with a dash. Text of dashes alone does not count: it would make another option of the value.
 */
export function attachedPlaceholders(template: Template): ReadonlySet<string> {
  const attached = new Set(placeholdersOf(template));
  for (const [first, ...rest] of template) {
    const isFixed = first !== undefined && 'text' in first && /[^-]/.test(first.text);
    for (const part of isFixed ? [] : [first, ...rest]) {
      if (part !== undefined && 'placeholder' in part) attached.delete(part.placeholder);
    }
  }
  return attached;
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

/** The finished arguments. Inside a longer text a placeholder without a value drops the whole item. */
export function fillTemplate(template: Template, substitute: Substitute): ProgramArgument[] {
  const filled: ProgramArgument[] = [];
  for (const parts of template) {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) {
      if ('text' in only) filled.push({ text: only.text, role: 'fixed' });
      else filled.push(...substitute(only.placeholder));
      continue;
    }
    const pieces = parts.map((part) => last('text' in part ? [part.text] : substitute(part.placeholder)));
    if (pieces.every((piece) => piece !== undefined)) {
      filled.push({ text: pieces.map((piece) => piece.text).join(''), role: roleOfJoined(pieces) });
    }
  }
  return filled;
}

/** The first piece decides what the argument may start with, and a piece of Unicode text what it may hold. */
function roleOfJoined(pieces: readonly ProgramArgument[]): ArgumentRole {
  const role = pieces[0]?.role ?? 'fixed';
  if (role === 'fixed' || role === 'flag') return role;
  if (pieces.some((piece) => piece.role === 'text')) return 'text';
  return role === 'signed' ? 'value' : role;
}

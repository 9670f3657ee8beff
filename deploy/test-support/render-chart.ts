/**
 * Renders a Helm chart without Helm: the part of the template language that deploy/helm uses. Anything else is an error, so that the
 * chart stays within it. Where Helm is installed, helm.test.ts compares both.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { dump, load, loadAll } from 'js-yaml';

interface Scope {
  /** What `.` stands for. */
  readonly dot: unknown;
  readonly templates: Map<string, readonly Node[]>;
}

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly pipeline: string }
  | {
      readonly kind: 'block';
      readonly word: 'if' | 'with' | 'range';
      readonly pipeline: string;
      readonly body: readonly Node[];
    };

type Values = Readonly<Record<string, unknown>>;

/** The objects of the chart in a folder; parameters as for {@link renderFiles}. */
export function renderChart(folder: string, release: string, overrides?: Values): unknown[] {
  return Object.values(renderFiles(folder, release, overrides)).flatMap((text) =>
    loadAll(text).filter((object) => object !== null && object !== undefined),
  );
}

/**
 * What each template of the chart in a folder renders to, by the name of its file.
 *
 * @param overrides merged over values.yaml, as by `--values`
 */
export function renderFiles(folder: string, release: string, overrides: Values = {}): Record<string, string> {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const { appVersion } = load(read('Chart.yaml')) as { appVersion: string };
  const dot = {
    Values: merged(load(read('values.yaml')) as Values, overrides),
    Release: { Name: release },
    Chart: { AppVersion: appVersion },
  };
  const templates = new Map<string, readonly Node[]>();
  const files = globSync('templates/*', { cwd: folder }).toSorted();
  const parsed = files.map((file) => [basename(file), parse(tokens(read(file)), templates)] as const);
  return Object.fromEntries(parsed.map(([file, nodes]) => [file, evaluate(nodes, { dot, templates })]));
}

function merged(base: Values, overrides: Values): Values {
  const isMap = (value: unknown): value is Values =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const changes = Object.entries(overrides).map(([key, value]) => {
    const before = base[key];
    return [key, isMap(before) && isMap(value) ? merged(before, value) : value];
  });
  return { ...base, ...(Object.fromEntries(changes) as Values) };
}

/** Texts, and the content of each pair of braces; a dash inside removes the white space on its side. */
function tokens(template: string): string[] {
  return template
    .replaceAll(/\{\{\/\*[\s\S]*?\*\/\}\}/gu, '')
    .replaceAll(/\s*\{\{- /gu, '{{ ')
    .replaceAll(/ -\}\}\s*/gu, ' }}')
    .split(/(?<action>\{\{[\s\S]*?\}\})/u);
}

function parse(pending: string[], templates: Map<string, readonly Node[]>): Node[] {
  const nodes: Node[] = [];
  for (;;) {
    const token = pending.shift();
    if (token === undefined) return nodes;
    const action = /^\{\{(?<content>[\s\S]*)\}\}$/u.exec(token)?.groups?.['content']?.trim();
    if (action === undefined) {
      nodes.push({ kind: 'text', text: token });
      continue;
    }
    const [word = '', ...rest] = action.split(' ');
    const pipeline = rest.join(' ');
    if (word === 'end') return nodes;
    if (word === 'define') templates.set(JSON.parse(pipeline) as string, parse(pending, templates));
    else if (word === 'if' || word === 'with' || word === 'range') {
      nodes.push({ kind: 'block', word, pipeline, body: parse(pending, templates) });
    } else nodes.push({ kind: 'value', pipeline: action });
  }
}

function evaluate(nodes: readonly Node[], scope: Scope): string {
  return nodes.map((node) => evaluateNode(node, scope)).join('');
}

function evaluateNode(node: Node, scope: Scope): string {
  if (node.kind === 'text') return node.text;
  const value = valueOf(node.pipeline, scope);
  if (node.kind === 'value') return textOf(value);
  if (node.word === 'range') {
    return (value as readonly unknown[]).map((dot) => evaluate(node.body, { ...scope, dot })).join('');
  }
  if (!isTrue(value)) return '';
  return evaluate(node.body, node.word === 'with' ? { ...scope, dot: value } : scope);
}

/** `function argument ... | function argument ...`: each stage gets the result of the one before as its last argument. */
function valueOf(pipeline: string, scope: Scope): unknown {
  let result: unknown;
  for (const [index, stage] of pipeline.split(' | ').entries()) {
    const words = stage.trim().match(/"[^"]*"|\S+/gu) ?? [];
    const [first = ''] = words;
    const isFunction = /^[a-z]\w*$/iu.test(first);
    const args = words.slice(isFunction ? 1 : 0).map((word) => argumentOf(word, scope.dot));
    if (index > 0) args.push(result);
    result = isFunction ? apply(first, args, scope) : args[0];
  }
  return result;
}

function argumentOf(word: string, dot: unknown): unknown {
  if (word.startsWith('"')) return JSON.parse(word) as string;
  if (/^\d+$/u.test(word)) return Number(word);
  if (!word.startsWith('.')) throw new Error(`the renderer does not know ${word}`);
  let value = dot;
  for (const key of word.split('.').filter((part) => part !== '')) value = (value as Values | undefined)?.[key];
  return value;
}

function apply(name: string, args: readonly unknown[], scope: Scope): unknown {
  const [first, second] = args;
  switch (name) {
    case 'include': {
      const template = scope.templates.get(String(first));
      if (!template) throw new Error(`there is no template ${String(first)}`);
      return evaluate(template, { ...scope, dot: second });
    }
    case 'toYaml':
      return dump(first, { lineWidth: -1, sortKeys: true }).trimEnd();
    case 'nindent':
      return `\n${String(second).replaceAll(/^/gmu, ' '.repeat(Number(first)))}`;
    case 'default':
      return isTrue(second) ? second : first;
    case 'and':
      return args.find((value) => !isTrue(value)) ?? args.at(-1);
    case 'not':
      return !isTrue(first);
    default:
      throw new Error(`the renderer does not know the function ${name}`);
  }
}

/** As in Go: nothing, zero and what is empty are false. */
function isTrue(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function textOf(value: unknown): string {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new Error('a template writes a text, a number or true or false, and got something else: is the value set?');
}

import type { ExecutionAnswer, ToolAnswer, ToolDetailsAnswer } from '../../api/answers.ts';
import { CALLS_OF_ONE_TOOL } from '../../api/api-client.ts';
import { byId, element, setText } from '../../dom/dom.ts';
import { summarizeFailures, type FailureGroup } from '../../state/failure-groups.ts';
import { outcomeKind, outcomeTones } from '../../state/outcome.ts';
import { bytes, clockTime, duration } from '../../text/format.ts';
import { plainLines } from '../../text/plain-text.ts';
import { definitionList } from '../elements/definition-list.ts';
import { missingReason, ToolSwitch, type OnSwitch } from './tool-switch.ts';

/** What the server has of one tool. */
export interface LoadedTool {
  readonly details: ToolDetailsAnswer;
  /** Newest first. */
  readonly calls: readonly ExecutionAnswer[];
}

const SHOWN_GROUPS = 5;
const SHOWN_CALLERS = 3;

/** The selected tool: its switch, limits, schemas, last failures and the history of its breakers. */
export class ToolDetails {
  readonly #section = byId('tool-details', HTMLElement);
  readonly #failures = byId('tool-failures', HTMLElement);
  readonly #about = byId('tool-about', HTMLElement);
  readonly #history = byId('tool-history', HTMLElement);
  readonly #schema = byId('tool-schema', HTMLElement);

  readonly #missing = element('span', { class: 'muted' });
  readonly #switch: ToolSwitch;

  constructor(onSwitch: OnSwitch) {
    this.#switch = new ToolSwitch(onSwitch);
    byId('tool-state', HTMLElement).replaceChildren(...this.#switch.elements, this.#missing);
  }

  /** Called at each drawing: what is shown changes with an event, and with the operator's own action. */
  update(tool: ToolAnswer): void {
    this.#switch.update(tool);
    setText(this.#missing, missingReason(tool));
  }

  /** @param tool undefined hides the section */
  show(tool: LoadedTool | undefined): void {
    this.#section.hidden = tool === undefined;
    if (tool === undefined) return;
    const { details, calls } = tool;
    this.#about.replaceChildren(aboutTool(details));
    this.#failures.replaceChildren(...failureList(calls));
    this.#history.replaceChildren(breakerHistory(details));
    const { inputSchema, outputSchema } = details;
    setText(
      byId('tool-schema-heading', HTMLElement),
      outputSchema === null ? 'Input schema' : 'Input and output schema',
    );
    const texts = [inputSchema, ...(outputSchema === null ? [] : [outputSchema])];
    this.#schema.textContent = plainLines(texts.map((schema) => JSON.stringify(schema, null, 2)).join('\n\n'));
  }
}

function aboutTool({ description, kind, limits, annotations, circuitBreaker }: ToolDetailsAnswer): HTMLElement {
  const hints = [
    annotations.readOnlyHint === true ? 'only reads' : '',
    annotations.destructiveHint === true ? 'may change or delete things' : '',
  ];
  return definitionList([
    ['Description', description],
    ['Kind', kind],
    ['Hints', hints.filter((hint) => hint !== '').join(', ')],
    ['Breakers', circuitBreaker.scope === 'target' ? 'one for each target' : 'one'],
    ...flatEntries(limits).map(([name, value]) => limit(name, value)),
  ]);
}

/** `{ queue: { maxWaitMs: 1 } }` as `queueMaxWaitMs`. */
function flatEntries(limits: object): [string, unknown][] {
  return Object.entries(limits).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? flatEntries(value).map(([inner, each]): [string, unknown] => [
          `${name}${inner.charAt(0).toUpperCase()}${inner.slice(1)}`,
          each,
        ])
      : [[name, value] as [string, unknown]],
  );
}

function limit(name: string, value: unknown): readonly [string, string] {
  const words = name.replaceAll(/(?<=[a-z])[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
  const label = words.charAt(0).toUpperCase() + words.slice(1);
  if (typeof value !== 'number') return [label, String(value)];
  if (name.endsWith('Ms')) return [label.replace(/ ms$/u, ''), duration(value)];
  if (name.endsWith('Bytes')) return [label.replace(/ bytes$/u, ''), bytes(value)];
  return [label, String(value)];
}

function failureList(calls: readonly ExecutionAnswer[]): readonly HTMLElement[] {
  const { failingSince, lastSuccessAt, groups } = summarizeFailures(calls);
  if (groups.length === 0) {
    return [element('p', { class: 'muted' }, 'No failed or rejected call is in the audit log.')];
  }
  const before =
    lastSuccessAt === undefined ? 'no success among the last calls' : `last success ${clockTime(lastSuccessAt)}`;
  const state =
    failingSince === undefined
      ? 'The last call that ran succeeded.'
      : `Failing since ${clockTime(failingSince)}; ${before}.`;
  const times = calls.length < CALLS_OF_ONE_TOOL ? 'times' : 'times or more';
  const items = groups.slice(0, SHOWN_GROUPS).map((group) => failureItem(group, times));
  const list = element('ul', { class: 'lines' }, ...items);
  return [element('p', { class: failingSince === undefined ? 'muted' : 'failing' }, state), list];
}

function failureItem({ outcome, message, count, firstAt, lastAt, callers }: FailureGroup, times: string): HTMLElement {
  const named = callers.slice(0, SHOWN_CALLERS).join(', ');
  const more = callers.length > SHOWN_CALLERS ? ` and ${callers.length - SHOWN_CALLERS} more` : '';
  const first = clockTime(firstAt) === clockTime(lastAt) ? '' : `${clockTime(firstAt)} to `;
  return element(
    'li',
    {},
    element('time', { class: 'muted', datetime: new Date(lastAt).toISOString() }, `${first}${clockTime(lastAt)}`),
    element('span', { class: 'pill', 'data-tone': outcomeTones[outcomeKind(outcome)] }, outcome),
    ...(count === 1 ? [] : [element('span', {}, `${count} ${times}`)]),
    element('span', { class: 'message' }, `${sentence(message)} For ${named}${more}.`.trim()),
  );
}

/** A message may end with what a program printed. */
function sentence(message: string): string {
  return message === '' || /[.!?\u2026]$/u.test(message) ? message : `${message}.`;
}

function breakerHistory({ breakerHistory }: ToolDetailsAnswer): HTMLElement {
  if (breakerHistory.length === 0) return element('p', { class: 'muted' }, 'No transition since the server started.');
  const items = breakerHistory.map(({ at, breaker, from, to, reason }) =>
    element(
      'li',
      {},
      element('time', { class: 'muted', datetime: new Date(at).toISOString() }, clockTime(at)),
      element('span', {}, `${breaker}: ${from} → ${to} (${reason})`.replaceAll('half_open', 'half-open')),
    ),
  );
  return element('ul', { class: 'lines' }, ...items);
}

import type { HealthAnswer, HealthCheckAnswer } from '../../api/answers.ts';
import { byId, element } from '../../dom/dom.ts';
import { healthWords } from './health-words.ts';

const SEVERITY = ['fail', 'warn', 'pass'];

/** Every check with its last result, failures first. */
export class HealthList {
  readonly #list = byId('health-checks', HTMLUListElement);
  #shown: HealthAnswer | undefined;

  update(health: HealthAnswer | undefined): void {
    if (health === this.#shown) return;
    this.#shown = health;
    const checks = Object.entries(health?.checks ?? {}).flatMap(([name, entries]) =>
      entries.map((check) => ({ name, check })),
    );
    checks.sort((a, b) => SEVERITY.indexOf(a.check.status) - SEVERITY.indexOf(b.check.status));
    const notes = (health?.notes ?? []).map((note) => element('li', { class: 'note' }, note));
    this.#list.replaceChildren(...notes, ...checks.map(({ name, check }) => item(name, check)));
  }
}

function item(name: string, check: HealthCheckAnswer): HTMLLIElement {
  const { tone, text } = healthWords[check.status] ?? { tone: 'neutral', text: check.status };
  const output = check.output ?? observed(check);
  // A check that passes has an output only while one bad result is not enough.
  const notCounted = check.status === 'pass' && check.output !== undefined;
  const parts = [output, notCounted ? 'not counted yet' : '', check.stale ? 'stale' : ''].filter((part) => part !== '');
  return element(
    'li',
    {},
    element('span', { class: 'pill', 'data-tone': tone }, text),
    element('span', { class: 'check-name' }, name),
    element('span', { class: 'muted check-value' }, parts.join(' · ')),
  );
}

function observed({ observedValue, observedUnit = '' }: HealthCheckAnswer): string {
  if (typeof observedValue === 'number') {
    const value = Number.isInteger(observedValue) ? String(observedValue) : observedValue.toFixed(1);
    return `${value} ${observedUnit === 'percent' ? '%' : observedUnit}`.trim();
  }
  return typeof observedValue === 'string' ? observedValue : '';
}

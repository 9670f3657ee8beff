import type { ToolAnswer } from '../../api/answers.ts';
import { element, setAttribute, setText } from '../../dom/dom.ts';

export type OnSwitch = (tool: string, enabled: boolean) => Promise<void>;

/** Switches a tool on and off, where the key in use may; for others it shows the state. */
export class ToolSwitch {
  readonly #switch = element('button', { type: 'button', role: 'switch', class: 'switch' });
  readonly #fixed = element('span', { class: 'fixed-state' });
  readonly elements: readonly HTMLElement[] = [this.#switch, this.#fixed];
  #tool: ToolAnswer | undefined;

  constructor(onSwitch: OnSwitch) {
    this.#switch.addEventListener('click', () => {
      if (this.#tool) void onSwitch(this.#tool.name, !this.#tool.enabled);
    });
  }

  update(tool: ToolAnswer): void {
    this.#tool = tool;
    const { name, enabled, excluded, permissions } = tool;
    // What the server would reject is not offered.
    this.#switch.hidden = !permissions.control || excluded;
    this.#fixed.hidden = !this.#switch.hidden;
    setAttribute(this.#switch, 'aria-label', `${name} on`);
    setAttribute(this.#switch, 'aria-checked', String(enabled));
    setText(this.#switch, enabled ? 'On' : 'Off');
    setText(this.#fixed, enabled ? 'On' : 'Off');
    setAttribute(
      this.#fixed,
      'title',
      excluded ? 'Excluded by the configuration' : 'Read-only: the key or this address may not change it',
    );
  }
}

/** Why no call of the tool can run; '' when it is offered. */
export function missingReason({ excluded, available }: ToolAnswer): string {
  if (excluded) return 'Excluded by the configuration';
  return available.ok ? '' : `Not available: ${available.reason ?? 'no reason given'}`;
}

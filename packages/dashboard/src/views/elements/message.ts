import type { Clock } from '../../clock.ts';
import { byId, setAttribute, setText } from '../../dom/dom.ts';

/** The result of an action of the operator. */
export interface ActionResult {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

const SHOWN_MS = { good: 8000, bad: 20_000 } as const;

/**
 * The result of the last action, in one line at the bottom of the page; announced to screen readers. It disappears by
 * itself, but not while the pointer or the focus is on it.
 */
export class Message {
  readonly #box = byId('message', HTMLElement);
  readonly #text = byId('message-text', HTMLElement);
  readonly #clock: Clock;
  #timer: Disposable | undefined;
  #tone: ActionResult['tone'] = 'good';

  constructor(clock: Clock) {
    this.#clock = clock;
    byId('message-close', HTMLButtonElement).addEventListener('click', () => this.hide());
    for (const event of ['pointerenter', 'focusin']) this.#box.addEventListener(event, () => this.#stopTimer());
    for (const event of ['pointerleave', 'focusout']) this.#box.addEventListener(event, () => this.#startTimer());
  }

  show({ tone, text }: ActionResult): void {
    this.#tone = tone;
    setAttribute(this.#box, 'data-tone', tone);
    this.#box.hidden = false;
    setText(this.#text, text);
    this.#startTimer();
  }

  hide(): void {
    this.#stopTimer();
    this.#box.hidden = true;
    setText(this.#text, '');
  }

  #startTimer(): void {
    this.#stopTimer();
    this.#timer = this.#clock.setTimer(SHOWN_MS[this.#tone], () => this.hide());
  }

  #stopTimer(): void {
    this.#timer?.[Symbol.dispose]();
  }
}

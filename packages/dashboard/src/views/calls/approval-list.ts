import type { ApprovalAnswer } from '../../api/answers.ts';
import { byId, element, setText } from '../../dom/dom.ts';
import { wait } from '../../text/format.ts';

export type ApprovalDecision = 'approve' | 'deny';

interface Item {
  readonly element: HTMLLIElement;
  readonly remaining: HTMLElement;
}

/** The calls that wait for another person, oldest first. Hidden where there are none. */
export class ApprovalList {
  readonly #section = byId('approvals', HTMLElement);
  readonly #list = byId('approval-list', HTMLUListElement);
  readonly #items = new Map<string, Item>();
  /** Whose link was followed, until its call is shown. */
  #linked = linkedApproval();
  readonly #onDecide: (approval: ApprovalAnswer, decision: ApprovalDecision) => Promise<void>;

  constructor(onDecide: (approval: ApprovalAnswer, decision: ApprovalDecision) => Promise<void>) {
    this.#onDecide = onDecide;
    addEventListener('hashchange', () => {
      this.#linked = linkedApproval() ?? this.#linked;
      this.#showLinked();
    });
  }

  /** @param caller who uses the page, and cannot decide about own calls */
  update(approvals: readonly ApprovalAnswer[], caller: string | undefined, serverNow: number): void {
    const waiting = approvals.filter(({ state, expiresAt }) => state === 'waiting' && expiresAt > serverNow);
    this.#section.hidden = waiting.length === 0;
    const ids = new Set(waiting.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (ids.has(id)) continue;
      item.element.remove();
      this.#items.delete(id);
    }
    for (const approval of waiting) {
      const item = this.#items.get(approval.id) ?? this.#add(approval, approval.caller === caller);
      setText(item.remaining, `${wait(approval.expiresAt - serverNow)} left`);
    }
    this.#showLinked();
  }

  /** Once: the page moves on its own only because somebody followed a link. */
  #showLinked(): void {
    const item = this.#linked === undefined ? undefined : this.#items.get(this.#linked);
    if (item === undefined) return;
    this.#linked = undefined;
    for (const { element: other } of this.#items.values()) other.removeAttribute('aria-current');
    item.element.setAttribute('aria-current', 'true');
    item.element.scrollIntoView({ block: 'center' });
  }

  #add(approval: ApprovalAnswer, isOwn: boolean): Item {
    const { id, tool, caller } = approval;
    const remaining = element('span', { class: 'muted' });
    const button = (decision: ApprovalDecision, text: string): HTMLButtonElement => {
      const label = `${text} the call of ${tool} by ${caller}`;
      const made = element('button', { type: 'button', class: 'quiet', 'aria-label': label }, text);
      made.disabled = isOwn;
      made.addEventListener('click', () => void this.#onDecide(approval, decision));
      return made;
    };
    const made = element(
      'li',
      { id: `approval-${id}` },
      element('strong', {}, tool),
      element('span', {}, isOwn ? `${caller} (you: another person decides)` : caller),
      remaining,
      element('code', {}, approval.arguments),
      button('approve', 'Approve'),
      button('deny', 'Deny'),
    );
    this.#list.append(made);
    const item = { element: made, remaining };
    this.#items.set(id, item);
    return item;
  }
}

/** Of links such as `#approval-ID`, which refusals of calls name. */
function linkedApproval(): string | undefined {
  return /^#approval-(?<id>[\w-]+)$/u.exec(location.hash)?.groups?.['id'];
}

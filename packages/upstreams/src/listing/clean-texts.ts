/** Texts of an upstream that a model will read, without what cannot be seen. */
import { sanitizeText } from '@mcp/tool-base';

/** Unicode tags and controls of direction serve to hide text, so a tool that uses them is withheld. */
const HIDING = /[\u{e0000}-\u{e007f}\u202a-\u202e\u2066-\u2069]/u;

export class CleanTexts {
  /** UTF-16 code units that were taken out so far. */
  removed = 0;
  /** Whether a text uses characters that serve only to hide text. */
  hides = false;

  clean(text: string): string {
    if (HIDING.test(text)) this.hides = true;
    const clean = sanitizeText(text);
    this.removed += clean.removed;
    return clean.text;
  }

  /** The same for every text and key of a JSON value; one in which there is nothing to take out is returned as it is. */
  cleanJson(value: unknown): unknown {
    if (typeof value === 'string') return this.clean(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const members = value.map((member) => this.cleanJson(member));
      return members.some((member, index) => member !== value[index]) ? members : value;
    }
    let changed = false;
    const entries = Object.entries(value).map(([key, member]) => {
      const cleanKey = this.clean(key);
      const cleanMember = this.cleanJson(member);
      changed ||= cleanKey !== key || cleanMember !== member;
      return [cleanKey, cleanMember] as const;
    });
    return changed ? Object.fromEntries(entries) : value;
  }
}

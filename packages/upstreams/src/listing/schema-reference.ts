import type { Members } from '../connection/take-apart.ts';

/** The part of a schema that a local reference names; undefined where it names none. Anchors are not looked for. */
export function referredPart(root: Members, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let part: unknown = root;
  for (const step of reference.slice(2).split('/')) {
    const key = decoded(step);
    if (key === undefined || typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as Members)[key];
  }
  return part;
}

function decoded(step: string): string | undefined {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}

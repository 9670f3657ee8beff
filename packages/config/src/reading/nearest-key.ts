/** Fewer letters could begin anything. */
const MIN_PREFIX = 3;

/** The candidate that `key` is a short form of, or the one most similar to it, or undefined when none is similar. */
export function nearest(key: string, candidates: Iterable<string>): string | undefined {
  const wanted = bare(key);
  const known = [...candidates];
  const longer = wanted.length >= MIN_PREFIX ? known.filter((candidate) => bare(candidate).startsWith(wanted)) : [];
  if (longer.length === 1) return longer[0];
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, bare(candidate));
    // A distance as long as the word itself would suggest anything for a very short key.
    if (distance < bestDistance && distance < Math.max(wanted.length, 2)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function bare(key: string): string {
  return key
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[_\-.\s]/g, '');
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost 1 each. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(beforeLast, j - 2) + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

/** Pure parts of the plots: scales, ticks, and points that would not be seen. */

/** From one power of ten to another with the values between them, two decades at least; null stands for no values. */
export function logarithmicRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [1, 100];
  const low = 10 ** Math.floor(Math.log10(Math.max(min, 0.01)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(max, 0.01) * 1.05));
  return [low, Math.max(high, low * 100)];
}

/** The ticks of a range of {@link logarithmicRange}. */
export function powersOfTen(min: number, max: number): number[] {
  const first = Math.round(Math.log10(min));
  const count = Math.round(Math.log10(max)) - first + 1;
  return Array.from({ length: count }, (_, i) => 10 ** (first + i));
}

/** Steps between the ticks of a linear axis. None needs more than the two decimals that figures have. */
export const ROUND_STEPS: number[] = [-2, -1, 0, 1, 2, 3, 4, 5, 6].flatMap((power) =>
  [1, 2, 5].map((step) => Number(`${step}e${power}`)),
);

/** A line needs two points; one that has no neighbour would not be seen. */
export function lonePoints(values: ArrayLike<number | null | undefined>): number[] {
  const known = (i: number): boolean => (values[i] ?? null) !== null;
  return Array.from(values, (_, i) => i).filter((i) => known(i) && !known(i - 1) && !known(i + 1));
}

/** A round value without the digits that say that it is measured: `4/s` and not `4.0/s`. */
export function tickText(text: string): string {
  return text.replace(/\.0+(?=[ /])/u, '').replace(/(\.[0-9])0(?=[ /])/u, '$1');
}

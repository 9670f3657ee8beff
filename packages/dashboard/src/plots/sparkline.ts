import { colourReader } from '../dom/colour-reader.ts';
import type { Points } from '../state/series-points.ts';

const HEIGHT = 28;
/** Calls per second at the top of a sparkline, at least: one call a minute is not a peak. */
const MIN_SCALE = 0.1;

/** The calls of one tool over the span, and its errors in front of them, without axes. */
export class Sparkline {
  readonly canvas: HTMLCanvasElement;
  #colours: { readonly [kind in 'calls' | 'failed']: { line: string; fill: string } } | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
  }

  /** @param width in CSS pixels; measured by the caller, once for all rows */
  draw({ calls, failed, rejected }: Points, width: number): void {
    const context = this.canvas.getContext('2d');
    if (!context) return;
    const scale = devicePixelRatio;
    // Setting the size clears the canvas.
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = HEIGHT * scale;
    context.scale(scale, scale);
    this.#colours ??= this.#readColours();
    const errors = failed.map((value, i) => (value === null ? null : value + (rejected[i] ?? 0)));
    const top = Math.max(MIN_SCALE, ...calls.map((value) => value ?? 0));
    drawArea(context, calls, width, top, this.#colours.calls);
    drawArea(context, withoutZeros(errors), width, top, this.#colours.failed);
  }

  /** The next drawing uses the colours of the current theme. */
  restyle(): void {
    this.#colours = undefined;
  }

  #readColours() {
    // A canvas that is not on the page yet has no style.
    const colour = colourReader(document.body);
    return {
      calls: { line: colour('--calls'), fill: colour('--calls-fill') },
      failed: { line: colour('--failed'), fill: colour('--failed-fill') },
    };
  }
}

/** One area for each run of known values. */
function drawArea(
  context: CanvasRenderingContext2D,
  values: readonly (number | null)[],
  width: number,
  top: number,
  { line, fill }: { line: string; fill: string },
): void {
  const x = (i: number): number => (i / Math.max(1, values.length - 1)) * width;
  const y = (value: number): number => HEIGHT - 2 - (value / top) * (HEIGHT - 4);
  context.lineWidth = 1.3;
  context.strokeStyle = line;
  context.fillStyle = fill;
  for (let from = 0; from < values.length; from++) {
    if (values[from] === null) continue;
    let to = from;
    while (to + 1 < values.length && values[to + 1] !== null) to++;
    const path = new Path2D();
    for (let i = from; i <= to; i++) path.lineTo(x(i), y(values[i] ?? 0));
    context.stroke(path);
    path.lineTo(x(to), HEIGHT);
    path.lineTo(x(from), HEIGHT);
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
    context.fill(path);
    from = to;
  }
}

/** Omits zeros between zeros: a red base line for every idle tool would look like errors. */
function withoutZeros(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, i) => (value === 0 && !values[i - 1] && !values[i + 1] ? null : value));
}

import uPlot from 'uplot';
import type { Points } from '../state/call-series.ts';
import { colourReader } from '../dom/colour-reader.ts';

const HEIGHT = 28;

/** The calls of one tool over the span, with its errors below; figures stand beside it, so it has no axes. */
export class Sparkline {
  readonly #host: HTMLElement;
  #plot: uPlot | undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  draw({ at, calls, failed, rejected }: Points): void {
    const errors = failed.map((value, i) => (value === null ? null : value + (rejected[i] ?? 0)));
    const data = [at, calls, withoutZeros(errors)] as unknown as uPlot.AlignedData;
    const width = this.#host.clientWidth;
    if (this.#plot === undefined) {
      this.#plot = new uPlot(this.#options(width), data, this.#host);
      return;
    }
    this.#plot.setData(data);
    if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
  }

  /** The next drawing uses the colours of the current theme. */
  restyle(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #options(width: number): uPlot.Options {
    const colour = colourReader(this.#host);
    const line = { width: 1.3, points: { show: false } };
    return {
      width,
      height: HEIGHT,
      padding: [2, 0, 2, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { range: (_, min, max) => [min, max] }, y: { range: (_, __, max) => [0, Math.max(max, 0.1)] } },
      axes: [{ show: false }, { show: false }],
      series: [
        {},
        { ...line, stroke: colour('--calls'), fill: colour('--calls-fill') },
        { ...line, stroke: colour('--failed'), fill: colour('--failed-fill') },
      ],
    };
  }
}

/** Omits zeros between zeros: a red base line for every idle tool would look like errors. */
function withoutZeros(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, i) => (value === 0 && !values[i - 1] && !values[i + 1] ? null : value));
}

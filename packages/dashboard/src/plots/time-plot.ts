import uPlot from 'uplot';
import { colourReader } from '../dom/colour-reader.ts';
import { element, setAttribute, setText } from '../dom/dom.ts';
import { clockTime } from '../text/format.ts';
import { logarithmicRange, lonePoints, powersOfTen, ROUND_STEPS, tickText } from './plot-scale.ts';

export interface PlotSeries {
  readonly label: string;
  /** A custom property of the style sheet that holds a colour. */
  readonly colour: string;
  /** Lines differ in more than their colour. */
  readonly dash?: readonly number[];
  readonly filled?: boolean;
}

export interface TimePlotOptions {
  readonly title: string;
  readonly series: readonly PlotSeries[];
  readonly format: (value: number | null) => string;
  /** Powers of ten up the axis, for values that differ by orders of magnitude. */
  readonly logarithmic?: boolean;
  /** The keyboard moved the cursor to this point, or removed it. */
  readonly onMove: (index: number | undefined) => void;
}

/** Parallel arrays: seconds since the epoch, then one array of values for each series. */
export type PlotData = readonly [readonly number[], ...(readonly (number | null)[])[]];

const HEIGHT = 172;
const FONT = '11px system-ui, sans-serif';

/** A plot over time with a legend of the newest values, or of those at the cursor (mouse or arrow keys). */
export class TimePlot {
  readonly element: HTMLElement;
  readonly #options: TimePlotOptions;
  readonly #canvasHost: HTMLElement;
  readonly #values: HTMLElement[] = [];
  readonly #moment: HTMLElement;
  #plot: uPlot | undefined;
  #data: PlotData = [[]];
  #cursor: number | undefined;

  constructor(options: TimePlotOptions) {
    this.#options = options;
    this.#moment = element('span', { class: 'muted moment' });
    this.#canvasHost = element('div', {
      class: 'plot-canvas',
      tabindex: '0',
      role: 'slider',
      'aria-label': `${options.title}: moment under the cursor; arrow keys move it`,
      'aria-valuemin': '0',
    });
    const legend = element('ul', { class: 'legend' });
    for (const { label, colour, dash } of options.series) {
      const value = element('span', { class: 'value' });
      this.#values.push(value);
      const style = dash === undefined ? 'solid' : dash[0] === 2 ? 'dotted' : 'dashed';
      const swatch = element('span', { class: 'swatch', 'data-line': style, 'aria-hidden': 'true' });
      swatch.style.color = `var(${colour})`;
      legend.append(element('li', {}, swatch, element('span', {}, label), value));
    }
    this.element = element(
      'figure',
      { class: 'plot card' },
      element('figcaption', {}, element('h3', {}, options.title), this.#moment, legend),
      this.#canvasHost,
    );
    this.#canvasHost.addEventListener('keydown', (event) => this.#onKey(event));
    this.#canvasHost.addEventListener('blur', () => options.onMove(undefined));
    new ResizeObserver(() => this.#resize()).observe(this.#canvasHost);
  }

  setData(data: PlotData): void {
    this.#data = data;
    if (this.#plot === undefined) this.restyle();
    this.#plot?.setData(data as unknown as uPlot.AlignedData);
    this.#showValues();
  }

  /** Draws again with the colours of the current theme. */
  restyle(): void {
    this.#plot?.destroy();
    const { clientWidth } = this.#canvasHost;
    if (clientWidth === 0) return;
    this.#plot = new uPlot(
      this.#uplotOptions(clientWidth),
      this.#data as unknown as uPlot.AlignedData,
      this.#canvasHost,
    );
  }

  /** Moves the cursor to a point, or removes it. */
  showAt(index: number | undefined): void {
    const at = index === undefined ? undefined : this.#data[0][index];
    this.#plot?.setCursor({ left: at === undefined ? -10 : this.#plot.valToPos(at, 'x'), top: -10 });
  }

  #resize(): void {
    const { clientWidth } = this.#canvasHost;
    if (this.#plot && clientWidth > 0) this.#plot.setSize({ width: clientWidth, height: HEIGHT });
  }

  #uplotOptions(width: number): uPlot.Options {
    const colour = colourReader(this.#canvasHost);
    const axis = {
      stroke: colour('--muted'),
      font: FONT,
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { show: false },
    };
    const { logarithmic = false, format, series } = this.#options;
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 }, sync: { key: 'plots' } },
      scales: {
        x: { time: true, range: (_, min, max) => [min, max] },
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the library's enum exists only in its types
        y: logarithmic
          ? { distr: 3, range: (_, min, max) => logarithmicRange(min, max) }
          : { range: (_, __, max) => [0, Math.max(max * 1.15, 0.1)] },
      },
      axes: [
        {
          ...axis,
          size: 28,
          gap: 8,
          values: (_, splits) => splits.map((at) => clockTime(at * 1000, { seconds: at % 60 !== 0 })),
        },
        {
          ...axis,
          size: 62,
          gap: 8,
          incrs: ROUND_STEPS,
          values: (_, splits) => splits.map((value) => tickText(format(value))),
          ...(logarithmic && { splits: (_: uPlot, __: number, min: number, max: number) => powersOfTen(min, max) }),
        },
      ],
      series: [
        {},
        ...series.map(({ label, colour: name, dash, filled }) => ({
          label,
          stroke: colour(name),
          width: 1.6,
          points: {
            show: true,
            size: 4,
            fill: colour(name),
            filter: (plot: uPlot, index: number) => lonePoints(plot.data[index] ?? []),
          },
          ...(dash && { dash: [...dash] }),
          ...(filled && { fill: colour(`${name}-fill`) }),
        })),
      ],
      hooks: {
        setCursor: [
          ({ cursor }) => {
            this.#cursor = cursor.idx ?? undefined;
            this.#showValues();
          },
        ],
      },
    };
  }

  /** Values at the cursor, else the newest. */
  #showValues(): void {
    const [at, ...values] = this.#data;
    const index = Math.min(this.#cursor ?? at.length - 1, at.length - 1);
    const moment = at[index];
    setText(this.#moment, moment === undefined || this.#cursor === undefined ? 'now' : clockTime(moment * 1000));
    const valueTexts = this.#options.series.map(({ label }, i) => {
      const text = this.#options.format(values[i]?.[index] ?? null);
      const value = this.#values[i];
      if (value) setText(value, text);
      return `${label} ${text}`;
    });
    setAttribute(this.#canvasHost, 'aria-valuemax', String(Math.max(0, at.length - 1)));
    setAttribute(this.#canvasHost, 'aria-valuenow', String(Math.max(0, index)));
    const time = moment === undefined ? 'no data' : clockTime(moment * 1000);
    setAttribute(this.#canvasHost, 'aria-valuetext', `${time}: ${valueTexts.join(', ')}`);
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#data[0].length - 1;
    const from = this.#cursor ?? last;
    const to = {
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      PageUp: from + 10,
      PageDown: from - 10,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#options.onMove(Math.max(0, Math.min(last, to)));
  }
}

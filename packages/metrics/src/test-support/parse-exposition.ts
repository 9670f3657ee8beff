/** One parsed line of an exposition. */
export interface ParsedSeries {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = /[a-zA-Z_:][\w:]*/y;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"/y;
const END = / (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)( # \{trace_id="[\w-]+"\} \S+ [\d.]+)?$/y;

/**
 * Reads Prometheus text or OpenMetrics, strictly: every line must be well formed, every family must come in one group with its
 * TYPE first, and no series may come twice.
 */
export function parseExposition(body: string): ParsedSeries[] {
  const seen = new Set<string>();
  const families = new Set<string>();
  const series: ParsedSeries[] = [];
  let family = '';
  for (const line of body.split('\n')) {
    if (line === '' || line === '# EOF' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\w+) \w+$/.exec(line)?.[1];
    if (type !== undefined) {
      if (families.has(type)) throw new Error(`family twice: ${type}`);
      families.add(type);
      family = type;
      continue;
    }
    const parsed = parseLine(line);
    if (!parsed.name.startsWith(family)) throw new Error(`line outside its family ${family}: ${line}`);
    const key = seriesKey(parsed);
    if (seen.has(key)) throw new Error(`series twice: ${line}`);
    seen.add(key);
    series.push(parsed);
  }
  return series;
}

/** Sum of all series of a name whose labels contain the given ones. */
export function sumOf(series: readonly ParsedSeries[], name: string, labels: Record<string, string> = {}): number {
  return series
    .filter((one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value))
    .reduce((sum, one) => sum + one.value, 0);
}

export function seriesKey({ name, labels }: Omit<ParsedSeries, 'value'>): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function parseLine(line: string): ParsedSeries {
  let at = 0;
  const take = (token: RegExp): RegExpExecArray => {
    token.lastIndex = at;
    const match = token.exec(line);
    if (match === null) throw new Error(`malformed at ${at}: ${line}`);
    at = token.lastIndex;
    return match;
  };
  const [name] = take(NAME);
  const labels: Record<string, string> = {};
  while (line[at] === '{' || line[at] === ',') {
    at++;
    const [, label = '', value = ''] = take(LABEL);
    if (label in labels) throw new Error(`label twice: ${line}`);
    labels[label] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    if (line[at] === '}') {
      at++;
      break;
    }
  }
  const [, value = ''] = take(END);
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

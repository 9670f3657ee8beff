// What does it cost to record one whole tool call? 100 tools in turn, then 1000 (where every library misses the cache more).
import { paired } from '../harness/paired.ts';
import { DURATIONS_MS, ours, promClient, promIo, type Recorder, TOOLS } from './candidates.ts';

function calls(recorder: Recorder, tools: number) {
  let i = 0;
  return (count: number) => {
    for (let n = 0; n < count; n++, i++) {
      recorder.call(TOOLS[(i * 7) % tools] ?? '', DURATIONS_MS[i % DURATIONS_MS.length] ?? 0);
    }
  };
}

await paired(
  { title: 'Record one whole call', file: import.meta.url, difference: false },
  ...[100, 1000].map((tools) => ({
    samples: 100,
    baseline: [`prom-client 15.1.3 used directly, ${tools} tools`, () => calls(promClient(), tools)] as const,
    candidates: {
      [`@mcp/metrics, ${tools} tools`]: () => calls(ours(), tools),
      [`@prometheus-io/client 0.16.1 used directly, ${tools} tools`]: () => calls(promIo(), tools),
    },
  })),
);

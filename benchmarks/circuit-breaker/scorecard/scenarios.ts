import { setImmediate as nextTurn, setTimeout as realSleep } from 'node:timers/promises';
import {
  advance,
  stepWallClock,
  useVirtualTime,
  type Subject,
  type SubjectBreaker,
  type SubjectOptions,
} from './subject.ts';

export interface Scenario {
  /** Unique. */
  readonly rule: string;
  /** True if the rule holds; undefined if the library lacks the feature that the rule is about. */
  readonly run: (subject: Subject) => Promise<boolean | undefined>;
  /** Why a library breaks the rule on purpose, by library. A design choice is not a defect. */
  readonly byDesign?: Readonly<Record<string, string>>;
  /** Measured by the parent process: the process must exit by itself at once. */
  readonly mustExit?: boolean;
}

const boom = new Error('boom');
const fail = (): Promise<never> => Promise.reject(boom);
const ok = (): Promise<string> => Promise.resolve('ok');

function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => value,
    (error: unknown) => error,
  );
}

/** Whether the promise settles while every pending job runs, without time going on. */
async function settles(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void outcome(promise).then(() => (settled = true));
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  return settled;
}

async function failTimes(breaker: SubjectBreaker, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await outcome(breaker.run(fail));
}

/** Is a call let through now? */
async function admits(breaker: SubjectBreaker): Promise<boolean> {
  let ran = false;
  const call = outcome(
    breaker.run(() => {
      ran = true;
      return ok();
    }),
  );
  await settles(call);
  return ran;
}

interface HalfOpen {
  readonly breaker: SubjectBreaker;
  /** A call that the closed circuit admitted and that still runs. */
  readonly old: PromiseWithResolvers<unknown>;
}

/** Opened by failures; the recovery time is over, and there was no call since. */
async function halfOpen(subject: Subject, options?: SubjectOptions): Promise<HalfOpen> {
  useVirtualTime();
  const breaker = subject.create(options);
  const old = Promise.withResolvers<unknown>();
  void outcome(breaker.run(() => old.promise));
  await failTimes(breaker, 6);
  advance(1000);
  return { breaker, old };
}

/** Starts a probe that does not end. */
async function hang(breaker: SubjectBreaker): Promise<void> {
  void outcome(breaker.run(() => new Promise(() => {})));
  await nextTurn();
}

/** Whether a failing call whose listener throws still ends with its own error. */
async function failsAsItself(breaker: SubjectBreaker, event: 'failure' | 'open'): Promise<boolean> {
  breaker.on(event, () => {
    throw new Error('broken listener');
  });
  const call = breaker.run(fail);
  return (await settles(call)) && (await outcome(call)) === boom;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    rule: 'a late success of a call from before the opening does not close the circuit',
    run: async (subject) => {
      const { breaker, old } = await halfOpen(subject);
      await hang(breaker);
      old.resolve('late');
      await nextTurn();
      return !breaker.isClosed();
    },
  },
  {
    rule: 'a late failure of a call from before the opening does not end the probing',
    run: async (subject) => {
      const { breaker, old } = await halfOpen(subject);
      const probe = Promise.withResolvers<unknown>();
      const probing = outcome(breaker.run(() => probe.promise));
      await nextTurn();
      old.reject(boom);
      await nextTurn();
      probe.resolve('recovered');
      await probing;
      await nextTurn();
      return breaker.isClosed();
    },
  },
  {
    rule: 'the end of a call from before the opening does not let a second probe in',
    run: async (subject) => {
      const { breaker, old } = await halfOpen(subject);
      await hang(breaker);
      old.reject(boom);
      await nextTurn();
      return !(await admits(breaker));
    },
  },
  {
    rule: 'a probe that hangs does not block the circuit for ever (one hour is waited)',
    run: async (subject) => {
      const { breaker } = await halfOpen(subject);
      await hang(breaker);
      advance(3_600_000);
      return admits(breaker);
    },
    byDesign: {
      'opossum 10.0.0': 'opossum expects its own `timeout` to be on, which ends a probe; the adapter switches it off.',
      'cockatiel 4.0.0': 'cockatiel expects a timeout policy around the call.',
    },
  },
  {
    rule: 'an ignored error as a probe leaves the probe slot free',
    run: async (subject) => {
      const { breaker } = await halfOpen(subject, { ignore: (error) => error === 'neutral' });
      await outcome(breaker.run(() => Promise.reject('neutral')));
      return admits(breaker);
    },
  },
  {
    rule: 'an ignored error as a probe does not close the circuit',
    run: async (subject) => {
      const { breaker } = await halfOpen(subject, { ignore: (error) => error === 'neutral' });
      await outcome(breaker.run(() => Promise.reject('neutral')));
      return !breaker.isClosed();
    },
    byDesign: {
      'opossum 10.0.0': 'opossum knows two outcomes: a filtered error is a success.',
      'cockatiel 4.0.0': 'cockatiel knows two outcomes: an error that is not handled is a success.',
    },
  },
  {
    rule: 'an error predicate that throws does not close the circuit',
    run: async (subject) => {
      const { breaker } = await halfOpen(subject, {
        ignore: (error) => {
          if (error === 'special') throw new Error('broken predicate');
          return false;
        },
      });
      await outcome(breaker.run(() => Promise.reject('special')));
      return !breaker.isClosed();
    },
  },
  {
    rule: 'a probe whose caller aborts frees its slot at once',
    run: async (subject) => {
      if (!subject.features.has('signal')) return undefined;
      const { breaker } = await halfOpen(subject);
      const controller = new AbortController();
      void outcome(breaker.run(() => new Promise(() => {}), controller.signal));
      await nextTurn();
      controller.abort();
      await nextTurn();
      return admits(breaker);
    },
    byDesign: { 'cockatiel 4.0.0': 'cockatiel leaves it to the function to end when its signal is aborted.' },
  },
  {
    rule: 'a function that throws before it returns a promise is a failed probe, and the circuit recovers later',
    run: async (subject) => {
      const { breaker } = await halfOpen(subject);
      await outcome(
        breaker.run(() => {
          throw boom;
        }),
      );
      const opened = !breaker.isClosed();
      advance(1000);
      return opened && admits(breaker);
    },
  },
  {
    rule: 'of two callers in the tick of recovery only one probes',
    run: async (subject) => {
      const { breaker } = await halfOpen(subject);
      let running = 0;
      const probe = (): Promise<never> => {
        running++;
        return new Promise(() => {});
      };
      void outcome(breaker.run(probe));
      void outcome(breaker.run(probe));
      await nextTurn();
      return running === 1;
    },
  },
  {
    rule: 'while a probe runs other callers are answered at once',
    run: async (subject) => {
      const { breaker } = await halfOpen(subject);
      await hang(breaker);
      return settles(breaker.run(ok));
    },
    byDesign: { 'cockatiel 4.0.0': 'cockatiel lets other callers wait for the outcome of the probe.' },
  },
  {
    rule: 'a circuit opened by many failures at once recovers',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create();
      await Promise.all(Array.from({ length: 20 }, () => outcome(breaker.run(fail))));
      advance(1000);
      await outcome(breaker.run(ok));
      await nextTurn();
      return breaker.isClosed();
    },
  },
  {
    rule: 'failures that arrive while open do not move the moment of recovery',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create();
      const old = Promise.withResolvers<unknown>();
      void outcome(breaker.run(() => old.promise));
      await failTimes(breaker, 5);
      advance(900);
      old.reject(boom);
      await nextTurn();
      advance(100);
      return admits(breaker);
    },
  },
  {
    rule: 'a failure listener that throws changes nothing for the caller',
    run: async (subject) => {
      useVirtualTime();
      return failsAsItself(subject.create(), 'failure');
    },
  },
  {
    rule: 'a success listener that throws changes nothing for the caller, nor for the circuit',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create();
      breaker.on('success', () => {
        throw new Error('broken listener');
      });
      const outcomes: unknown[] = [];
      for (let n = 0; n < 10; n++) {
        const call = breaker.run(ok);
        if (!(await settles(call))) return false;
        outcomes.push(await outcome(call));
      }
      return outcomes.every((value) => value === 'ok') && breaker.isClosed();
    },
  },
  {
    rule: 'a listener for the opening that throws changes nothing for the caller',
    run: async (subject) => {
      useVirtualTime();
      return failsAsItself(subject.create({ failures: 1 }), 'open');
    },
  },
  {
    rule: 'a function may return nothing, without a promise',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create();
      const outcomes: unknown[] = [];
      for (let n = 0; n < 5; n++) outcomes.push(await outcome(breaker.run(() => undefined)));
      return outcomes.every((value) => value === undefined) && breaker.isClosed();
    },
  },
  {
    rule: 'failures older than the window do not count after an hour of silence',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create({ windowMs: 5000 });
      await failTimes(breaker, 8);
      advance(3_600_000);
      await failTimes(breaker, 3);
      return breaker.isClosed();
    },
  },
  {
    rule: "the callers' own aborts do not open the circuit",
    run: async (subject) => {
      if (!subject.features.has('signal')) return undefined;
      useVirtualTime();
      const breaker = subject.create();
      for (let n = 0; n < 10; n++) {
        const controller = new AbortController();
        const call = Promise.withResolvers<unknown>();
        const running = outcome(breaker.run(() => call.promise, controller.signal));
        await nextTurn();
        controller.abort();
        call.reject(controller.signal.reason);
        await running;
      }
      return breaker.isClosed();
    },
    byDesign: { 'cockatiel 4.0.0': 'cockatiel leaves it to the error filter to tell aborts apart.' },
  },
  {
    rule: 'with the defaults one failure does not open the circuit',
    run: async (subject) => {
      const breaker = subject.createWithDefaults();
      if (breaker === undefined) return undefined;
      await failTimes(breaker, 1);
      return breaker.isClosed();
    },
    byDesign: { 'opossum 10.0.0': 'the `volumeThreshold` of opossum is 0 unless set.' },
  },
  {
    rule: 'simultaneous failures open the circuit once, with one event',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create();
      let opened = 0;
      breaker.on('open', () => opened++);
      await Promise.all(Array.from({ length: 20 }, () => outcome(breaker.run(fail))));
      return opened === 1;
    },
  },
  {
    rule: 'a wall clock set back by an hour does not delay the recovery',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create();
      await failTimes(breaker, 5);
      stepWallClock(-3_600_000);
      advance(1000);
      return admits(breaker);
    },
  },
  {
    rule: 'a recovery time of 2^31 ms is kept (real time)',
    run: async (subject) => {
      const breaker = subject.create({ recoveryMs: 2 ** 31 });
      await failTimes(breaker, 5);
      await realSleep(50);
      return !(await admits(breaker));
    },
  },
  {
    rule: 'a process with an open circuit ends at once',
    mustExit: true,
    run: async (subject) => {
      const breaker = subject.create({ recoveryMs: 10_000 });
      await failTimes(breaker, 5);
      return !breaker.isClosed();
    },
  },
  {
    rule: 'nothing is kept of a call: 50,000 successful ones grow the heap by less than 2 bytes each',
    run: async (subject) => {
      const breaker = subject.create();
      const heapAfter = async (calls: number): Promise<number> => {
        for (let n = 0; n < calls; n++) await breaker.run(ok);
        globalThis.gc?.();
        return process.memoryUsage().heapUsed;
      };
      const before = await heapAfter(10_000);
      return (await heapAfter(50_000)) - before < 100_000;
    },
    byDesign: { 'opossum 10.0.0': 'opossum keeps each latency of its window for percentiles.' },
  },
  {
    rule: 'a failure costs the same after 10,000 others (less than 5 times as much)',
    run: async (subject) => {
      const breaker = subject.create({ failures: 1_000_000_000 });
      // The least of five: what else the machine does can only make a measurement longer.
      const leastOf = async (calls: number): Promise<number> => {
        let least = Infinity;
        for (let n = 0; n < 5; n++) {
          const start = process.hrtime.bigint();
          await failTimes(breaker, calls / 5);
          least = Math.min(least, Number(process.hrtime.bigint() - start));
        }
        return least;
      };
      await failTimes(breaker, 1000);
      const few = await leastOf(500);
      await failTimes(breaker, 10_000);
      return (await leastOf(500)) / few < 5;
    },
  },
  {
    rule: 'two breakers made from one options object share no count',
    run: async (subject) => {
      useVirtualTime();
      const [first, second] = subject.createTwo();
      await failTimes(first, 2);
      await failTimes(second, 1);
      return second.isClosed();
    },
    byDesign: { 'cockatiel 4.0.0': 'the counter of cockatiel is an object in the options, made by the caller.' },
  },
  {
    rule: 'a restored circuit keeps the time it had left',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create();
      await failTimes(breaker, 5);
      advance(600);
      const snapshot: unknown = JSON.parse(JSON.stringify(breaker.toJSON()));
      const restored = subject.create({ snapshot });
      if (await admits(restored)) return false;
      advance(400);
      return admits(restored);
    },
  },
  {
    rule: 'a refusal says after how long to retry',
    run: async (subject) => {
      useVirtualTime();
      const breaker = subject.create();
      await failTimes(breaker, 5);
      return subject.retryAfter(await outcome(breaker.run(ok))) === 1000;
    },
  },
  {
    rule: 'a growing recovery time stays within its cap over 2,000 re-openings',
    run: async (subject) => {
      if (!subject.features.has('back-off')) return undefined;
      useVirtualTime();
      const breaker = subject.create({ backOff: true });
      await failTimes(breaker, 5);
      for (let n = 0; n < 2000; n++) {
        advance(60_000);
        if ((await outcome(breaker.run(fail))) !== boom) return false;
      }
      return true;
    },
  },
];

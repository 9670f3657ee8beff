import { readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';

/** What a gate counted, and a line for each failure, so that the end of a long log names them all. */
export interface GateTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

/** The part of vitest's JSON report that is read here. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    /** Absolute path of the file. */
    readonly name: string;
    readonly status: string;
    /** Why the file as a whole failed, such as an import that cannot be loaded. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export const NOTHING: GateTotals = { passed: 0, failed: 0, skipped: 0, failures: [] };

export function add(a: GateTotals, b: GateTotals): GateTotals {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}

export function failed(...failures: readonly string[]): GateTotals {
  return { ...NOTHING, failed: failures.length, failures };
}

/** `what: first line of the reason`. */
export function failureLine(what: string, reason = ''): string {
  const [first = ''] = reason.trim().split('\n');
  return first ? `${what}: ${first}` : what;
}

export function vitestTotals(report: VitestReport, root: string): GateTotals {
  const failures = report.testResults.flatMap((file) => {
    const path = relative(root, file.name);
    const tests = file.assertionResults
      .filter(({ status }) => status === 'failed')
      .map((one) => failureLine(`${path} > ${one.fullName}`, one.failureMessages[0]));
    // A file that cannot be loaded has no failed test and is still a failure.
    return tests.length === 0 && file.status === 'failed' ? [failureLine(path, file.message)] : tests;
  });
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

/** Reads the totals that a gate left in `file`, and removes it. A gate that left none has failed. */
export function takeTotals(file: string): GateTotals {
  return take(file, (text) => JSON.parse(text) as GateTotals);
}

/** Like {@link takeTotals}, from vitest's JSON report. */
export function takeVitestTotals(file: string, root: string): GateTotals {
  return take(file, (text) => vitestTotals(JSON.parse(text) as VitestReport, root));
}

function take(file: string, read: (text: string) => GateTotals): GateTotals {
  try {
    const text = readFileSync(file, 'utf8');
    rmSync(file);
    return read(text);
  } catch {
    return failed(`it left no ${file} that can be read`);
  }
}

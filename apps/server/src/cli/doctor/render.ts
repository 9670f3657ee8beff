import type { Finding } from './finding.ts';

const labels: Readonly<Record<Finding['level'], string>> = { ok: 'ok', advice: 'advice', problem: 'PROBLEM' };

/** One line for each finding, and under it what to do. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(width + 11);
  const lines = findings.map(({ level, check, message, action }) => {
    const text = `${labels[level].padEnd(8)} ${check.padEnd(width)}  ${message.replaceAll('\n', `\n${indent}`)}`;
    return action === undefined ? text : `${text}\n${indent}-> ${action}`;
  });
  return `${lines.join('\n')}\n\n${summary(findings)}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  const [problems, pieces] = [count('problem'), count('advice')];
  if (problems === 0) return pieces === 0 ? 'All is well.' : `No problems; ${pieces} to weigh.`;
  return `${problems === 1 ? '1 problem' : `${problems} problems`}, ${pieces} to weigh.`;
}

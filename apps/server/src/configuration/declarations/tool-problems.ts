/** What the keys of one declared tool allow or forbid in each other. */
import type { GroupProblem } from '@mcp/config';
import { isInterpreter } from '@mcp/tool-base';

import type { ToolDeclaration } from '../shape/tool-declaration.ts';

export function toolProblems(tool: ToolDeclaration): GroupProblem[] {
  if ((tool.command === undefined) === (tool.http === undefined)) {
    const suggestion = 'give command for a program, or http for a request to a web service';
    return [{ path: [], message: 'must have exactly one of command and http', suggestion }];
  }
  return tool.command === undefined ? httpOnlyProblems(tool) : programProblems(tool, tool.command);
}

function programProblems(tool: ToolDeclaration, command: string): GroupProblem[] {
  const problems: GroupProblem[] = [];
  for (const [name, parameter] of Object.entries(tool.parameters)) {
    if (parameter.type !== 'boolean' || parameter.flag !== undefined) continue;
    problems.push({
      path: ['parameters', name, 'flag'],
      message: 'is required for a boolean of a program',
      suggestion: 'name the token that true puts into the arguments, such as --verbose',
    });
  }
  if (isInterpreter(command) && !tool.allowInterpreter) {
    problems.push({
      path: ['command'],
      message: `(${command}) is a shell, an interpreter or a launcher, which can run anything`,
      suggestion: 'name the program itself, or add allowInterpreter: true if that is meant',
    });
  }
  const repeats = tool.job !== undefined && 'rerun' in tool.job && tool.job.rerun === 'ifIdempotent';
  if (repeats && tool.annotations?.idempotentHint !== true) {
    problems.push({
      path: ['job', 'rerun'],
      message: '(ifIdempotent) needs annotations.idempotentHint: true',
      suggestion: 'add the annotation if running it twice does no harm, or leave rerun at never',
    });
  }
  const meanings = new Map<number, string>();
  const codes = [
    ['successExitCodes', tool.successExitCodes],
    ['domainExitCodes', Object.keys(tool.domainExitCodes).map(Number)],
    ['failureExitCodes', tool.failureExitCodes],
  ] as const;
  for (const [key, list] of codes) {
    for (const code of list) {
      const earlier = meanings.get(code);
      if (earlier === undefined) meanings.set(code, key);
      else problems.push({ path: [key], message: `holds exit code ${code}, which is also in ${earlier}` });
    }
  }
  return problems;
}

/** Keys that a request has no use for. */
function httpOnlyProblems(tool: ToolDeclaration): GroupProblem[] {
  const unused = [
    ['args', tool.args.length > 0],
    ['target', tool.target !== 'none'],
    ['resolve', tool.resolve !== 'pin'],
    ['flags', Object.keys(tool.flags).length > 0],
    ['successExitCodes', tool.successExitCodes.join() !== '0'],
    ['domainExitCodes', Object.keys(tool.domainExitCodes).length > 0],
    ['failureExitCodes', tool.failureExitCodes.length > 0],
    ['output', tool.output !== 'text'],
    ['resources', tool.resources !== undefined],
    ['env', Object.keys(tool.env).length > 0],
    ['passEnv', tool.passEnv.length > 0],
    ['secrets', Object.keys(tool.secrets).length > 0],
    ['cwd', tool.cwd !== undefined],
    ['stdin', tool.stdin !== undefined],
    ['allowInterpreter', tool.allowInterpreter],
    ['sandbox', tool.sandbox !== undefined],
    ['job', tool.job !== undefined && tool.job.mode !== 'never'],
  ] as const;
  const problems: GroupProblem[] = unused
    .filter(([, isSet]) => isSet)
    .map(([key]) => ({ path: [key], message: 'has no effect with http', suggestion: 'remove it' }));
  for (const [name, parameter] of Object.entries(tool.parameters)) {
    if (parameter.type === 'path') {
      const suggestion = 'declare a string';
      problems.push({ path: ['parameters', name, 'type'], message: '(path) is only for programs', suggestion });
    }
    if (parameter.type === 'target' || parameter.flag === undefined) continue;
    problems.push({ path: ['parameters', name, 'flag'], message: 'has no effect with http', suggestion: 'remove it' });
  }
  return problems;
}

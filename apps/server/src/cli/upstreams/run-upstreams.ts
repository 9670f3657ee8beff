/** `mcp-server upstreams`: what the upstreams of a configuration offer, and what of it is approved. */
import { loadSettings } from '../../composition/load-configuration.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { StartError } from '../../foundation/start-error.ts';
import type { UpstreamsCommand } from './parse-upstreams.ts';
import { readUpstreams, type ReadUpstream } from './read-upstreams.ts';
import { renderDiff, renderUpstream } from './render-upstreams.ts';

export interface UpstreamsOutcome {
  readonly text: string;
  readonly exitCode: 0 | 1;
}

/** @throws {StartError} when there is nothing to do it with */
export async function runUpstreams({ action, options, tool, locked }: UpstreamsCommand): Promise<UpstreamsOutcome> {
  const values = await loadSettings(options);
  if (action === 'check') return checkUpstreams(values, locked);
  if (Object.keys(values.upstreams).length === 0) throw new StartError('The configuration has no upstreams.');
  await using read = await readUpstreams(values, { locked, keeps: action === 'approve' });
  const { upstreams } = read;
  switch (action) {
    case 'list':
      return { text: upstreams.map(renderUpstream).join('\n'), exitCode: 0 };
    case 'diff': {
      const changes = upstreams.flatMap(({ upstream }) => upstream.diff());
      const failed = upstreams.filter(({ problem }) => problem !== undefined);
      const text = [...failed.map(renderUpstream), ...changes.map(renderDiff)].join('\n');
      return { text: text === '' ? 'Nothing waits for approval.\n' : text, exitCode: failed.length > 0 ? 1 : 0 };
    }
    case 'approve':
      return approve(upstreams, tool);
  }
}

/** Every upstream with its tools; with `locked` any difference from the lock file is a failure. */
export async function checkUpstreams(values: ServerConfig, locked: boolean): Promise<UpstreamsOutcome> {
  await using read = await readUpstreams(values, { locked, keeps: false });
  const { upstreams } = read;
  const exitCode = upstreams.some((each) => fails(each, locked)) ? 1 : 0;
  const text = upstreams.map(renderUpstream).join('\n');
  return { text: text === '' ? 'The configuration has no upstreams.\n' : text, exitCode };
}

/** What waits under `firstUse` is for people to decide; in a pipeline it is a difference. */
function fails({ upstream, problem, gone }: ReadUpstream, locked: boolean): boolean {
  return problem !== undefined || (locked && (gone.length > 0 || upstream.report().pending.length > 0));
}

function approve(upstreams: readonly ReadUpstream[], tool: string | undefined): UpstreamsOutcome {
  const failed = upstreams.filter(({ problem }) => problem !== undefined);
  const approved = upstreams.flatMap(({ upstream }) => upstream.approve(tool));
  const text = [...failed.map(renderUpstream), ...approved.map((name) => `approved ${name}\n`)].join('');
  if (approved.length > 0) return { text, exitCode: failed.length > 0 ? 1 : 0 };
  const nothing =
    tool === undefined ? 'Nothing waits for approval.' : `No tool or prompt named ${tool} waits for approval.`;
  return { text: `${text}${nothing}\n`, exitCode: failed.length > 0 || tool !== undefined ? 1 : 0 };
}

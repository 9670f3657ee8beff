import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { openEngine } from '../../cluster/open-engine.ts';
import { StartError } from '../../foundation/start-error.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** Joins the cluster as a start would, for a moment. */
export async function checkCluster(values: ServerConfig): Promise<Finding[]> {
  const engine = await openEngine({ ...values, cluster: { ...values.cluster, startTimeout: START_TIMEOUT_S } });
  if (!engine) return [];
  await using _ = engine;
  try {
    await engine.join(silent);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return [problem('cluster', error.message, 'Correct it, or remove cluster.url to let this server run alone.')];
  }
  const { status, message } = engine.health();
  if (status === 'degraded')
    return [warning('cluster', message ?? '', 'Calls go on, but servers may differ from each other.')];
  return [ok('cluster', `The engine answers; servers seen: ${engine.replicas - 1}`)];
}

const START_TIMEOUT_S = 2;
const nothing = (): void => {};
const silent = {
  onTable: nothing,
  onEntry: nothing,
  onEvent: nothing,
  onGap: nothing,
  onSessionEnded: nothing,
  onSessionField: nothing,
  onSessionMessage: nothing,
  onState: nothing,
};

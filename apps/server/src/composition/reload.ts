/** What a reload changes in a running server, part by part; each part may refuse before anything changes. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import type { ConfigStore } from '@mcp/config';
import type { SandboxLauncher } from '@mcp/tool-base';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { callsPerWorker } from '../configuration/settings/worker-share.ts';
import type { AccessControl } from '../access/access-control.ts';
import { checkServing } from './check-serving.ts';
import type { CallLimit } from '../calls/call-limit.ts';
import { watchKeyStore } from '../access/key-store-watch.ts';
import { Disposables } from '../foundation/disposables.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import { logDeclarationFindings } from '../tools/declaration-log.ts';
import { logUnmatchedPatterns } from '../tools/unmatched-patterns.ts';
import type { RestTools } from '../tools/rest/rest-tools.ts';
import { logWithheldOperations } from '../tools/rest/withheld-log.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { ChangeNotifier } from '../transports/mcp/sdk/connection/change-notifier.ts';
import type { ToolRateLimits } from '../rate-limit/tool-rate-limits.ts';
import { prepareSandboxes } from './build-sandbox.ts';
import { configuredRateLimits } from './configured-rate-limits.ts';
import type { ToolPlan, Toolset } from '../tools/toolset.ts';

export interface ReloadableParts {
  readonly toolset: Toolset;
  readonly restTools: RestTools;
  readonly sandbox: Pick<SandboxLauncher, 'prepare'>;
  readonly access: AccessControl;
  readonly rateLimiter: ToolRateLimits;
  readonly limit: CallLimit;
  readonly logger: Logger;
  readonly events: EventBus;
  readonly notifier: ChangeNotifier;
  readonly upstreams: { apply(values: ServerConfig): void };
  readonly apis: { apply(values: ServerConfig): void };
  readonly cluster: { apply(values: ServerConfig): Promise<void> } | undefined;
  /** The open listeners, which take new hosts, origins and connection limits. */
  readonly listeners: Iterable<{ apply(values: ServerConfig): void }>;
}

export function followReloads(store: ConfigStore<ServerConfig>, parts: ReloadableParts): Disposable {
  const { toolset, sandbox, restTools, access, rateLimiter, limit, logger, events, notifier } = parts;
  const following = new Disposables();
  const plans = new WeakMap<ServerConfig, ToolPlan>();
  const changeKeys = (change: () => void): void => {
    const before = access.keyOrigin.kind;
    change();
    const { keyOrigin } = access;
    if ('file' in keyOrigin && before === 'configured') logger.warn({ file: keyOrigin.file }, 'access.key_from_file');
  };
  following.use(
    store.subscribe({
      name: 'tools',
      async check(next) {
        plans.set(next, toolset.plan(next));
        // Making a thousand tools takes a while, and so does putting them in place.
        await nextTurn();
      },
      apply: (next, previous) => {
        const plan = plans.get(next) ?? toolset.plan(next);
        toolset.apply(plan);
        prepareSandboxes(sandbox, toolset, next);
        if (!isDeepStrictEqual(next.tools, previous.tools)) logDeclarationFindings(next, logger);
        if (!isDeepStrictEqual(next.tool, previous.tool)) logUnmatchedPatterns(next, plan, logger);
        if (!isDeepStrictEqual(next.apis, previous.apis)) logWithheldOperations(restTools.apisOf(next), logger);
      },
    }),
  );
  following.use(store.subscribe({ name: 'upstreams', apply: (next) => parts.upstreams.apply(next) }));
  following.use(store.subscribe({ name: 'apis', apply: (next) => parts.apis.apply(next) }));
  following.use(store.subscribe({ name: 'cluster', apply: (next) => parts.cluster?.apply(next) }));
  following.use(
    store.subscribe({
      name: 'access',
      check: checkServing,
      apply: (next) => {
        changeKeys(() => access.apply(next));
        for (const listener of parts.listeners) listener.apply(next);
      },
    }),
  );
  following.use(
    watchKeyStore({
      file: () => access.keyStore,
      onChanged: () => {
        try {
          changeKeys(() => access.reloadKeys());
          logger.info({ file: access.keyStore }, 'access.keys_reloaded');
        } catch (error) {
          logger.error({ err: error, file: access.keyStore }, 'access.key_store_rejected');
        }
      },
    }),
  );
  following.use(
    store.subscribe({
      name: 'rate limit',
      apply: (next) => rateLimiter.configure(configuredRateLimits(next)),
    }),
  );
  following.use(
    store.subscribe({
      name: 'call limit',
      apply: ({ server }) => {
        limit.max = callsPerWorker(server);
      },
    }),
  );
  following.use(
    store.subscribe({
      name: 'logging',
      apply: ({ logging }) => {
        logger.level = logging.level;
      },
    }),
  );
  following.use(
    store.on('reloaded', ({ version, changes, restartRequired }) => {
      const keys = changes.map(({ path }) => path.join('.'));
      events.publish('config.reloaded', { version, changes: keys, restartRequired });
      logger.info({ version, changes: keys }, 'config.reloaded');
      if (restartRequired.length > 0) logger.warn({ keys: restartRequired }, 'config.restart_required');
      notifier.resourceUpdated('mcp://config');
    }),
  );
  following.use(
    store.on('rejected', ({ problems, message }) => {
      events.publish('config.rejected', { problems: problems.map((problem) => problem.message) });
      logger.error({ problems: message }, 'config.rejected');
    }),
  );
  return following;
}

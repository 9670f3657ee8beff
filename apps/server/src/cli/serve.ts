/** The life of the server process: start, wait for a reason to stop, stop in order, exit. */
import type { Launcher } from '@mcp/tool-base';

import { callersWithGuessableKeys } from '../access/access-control.ts';
import { loadConfiguration, type ConfigurationSource } from '../composition/load-configuration.ts';
import { noticeText } from '@mcp/config';
import { openLog } from '../observability/log/logger.ts';
import { createToolServer } from '../composition/create-server.ts';
import { openTracer } from '../observability/tracing/open-tracer.ts';
import { renderWelcome } from './welcome.ts';
import { version } from '../version.ts';

/**
 * @param launcher is ended with the server, also when that cannot start
 * @returns the exit code, once everything has ended
 */
export async function serve(options: ConfigurationSource, launcher: Launcher): Promise<number> {
  const { store, modules } = await loadConfiguration(options).catch(async (error: unknown) => {
    await launcher[Symbol.asyncDispose]();
    throw error;
  });
  const { values } = store.snapshot;
  const { logger, reopen } = await openLog(values.logging);
  for (const notice of store.notices) logger.warn(noticeText(notice));
  for (const caller of callersWithGuessableKeys(values)) {
    logger.warn({ caller }, 'access.key_too_short');
  }
  if (process.getuid?.() === 0) {
    logger.warn('This server runs as root: a program that escapes its limits owns the machine. Use a user of its own.');
  }

  const server = createToolServer({ store, launcher, logger, modules, tracer: await openTracer(process.env) });
  const stopRequested = reasonToStop(values.server.transport);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, 'server.crash');
      // State is unknown now. The launcher kills what programs are left when this process is gone.
      process.exit(70);
    });
  }
  try {
    const { url, operationsUrl, key, tools } = await server.start();
    if (url !== undefined) {
      process.stdout.write(renderWelcome({ version, url, key, tools, command: stdioCommand(options) }));
    }
    logger.info(
      { version, transport: values.server.transport, url, operationsUrl, tools: tools.length },
      'server.started',
    );
    using _watching = store.watch();
    // The usual signal for "read the configuration again", and for logrotate's "open the log file again".
    process.on('SIGHUP', () => {
      reopen();
      void store.reload();
    });
    logger.info({ reason: await stopRequested }, 'server.stopping');
  } finally {
    await server.stop();
  }
  logger.info('server.stopped');
  return 0;
}

/** SIGTERM, SIGINT, and in stdio mode the end of stdin or stdout. A second signal does not wait for anything. */
function reasonToStop(transport: 'stdio' | 'http'): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (reason: string): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve(reason);
    };
    process.on('SIGTERM', ask).on('SIGINT', ask);
    if (transport === 'stdio') {
      process.stdin.once('end', () => resolve('end of stdin')).once('close', () => resolve('end of stdin'));
      // Whoever read the answers is gone, though something may still hold the other end of stdin open.
      process.stdout.once('error', () => resolve('end of stdout')).once('close', () => resolve('end of stdout'));
    }
  });
}

/** How a desktop client would start this very server with the same configuration. */
function stdioCommand({ config }: ConfigurationSource): string[] {
  const program = process.argv[1] ?? 'mcp-server';
  return [
    process.execPath,
    program,
    '--transport',
    'stdio',
    ...(config === undefined ? [] : ['--config', absolute(config)]),
  ];
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `${process.cwd()}/${path}`;
}

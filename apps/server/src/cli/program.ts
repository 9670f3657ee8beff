import { parseCommandLine, type Command } from './cli.ts';
import { runApisCheck, runCheck, runDoctor, runInit, runListTools, runServe, runSystemd } from './commands.ts';
import type * as OperatorModule from './operator-commands.ts';
import { endProcess } from './end-process.ts';
import { watchHangUps } from './hang-up.ts';
import { version } from '../foundation/version.ts';
import { written } from './written.ts';
import { print, printError } from './print.ts';

/** Loaded only by the commands that use them: a server starts faster without. */
const operatorCommands = (): Promise<typeof OperatorModule> => import('./operator-commands.ts');

/** @returns the exit code; the help texts list them */
async function run(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      print((await import('./usage.ts')).helpText(command.topic));
      return 0;
    case 'version':
      print(`${version}\n`);
      return 0;
    case 'usage-error':
      printError(
        `mcp-server: ${command.message}.\nRun mcp-server ${command.topic ? `${command.topic} ` : ''}--help for the options.\n`,
      );
      return 2;
    case 'check':
      return runCheck(command.options, command.live);
    case 'list-tools':
      return runListTools(command.options);
    case 'init':
      return runInit(command.file);
    case 'apis-check':
      return runApisCheck(command.file);
    case 'doctor':
      return runDoctor(command.options, command.json);
    case 'systemd':
      return runSystemd(command.options);
    case 'call':
      return (await operatorCommands()).runCallCommand(command.call);
    case 'tools':
      return (await operatorCommands()).runToolsCommand(command.choice);
    case 'keys':
      return (await operatorCommands()).runKeysCommand(command.keys);
    case 'upstreams':
      return (await operatorCommands()).runUpstreamsCommand(command.upstreams);
    case 'client':
      return (await operatorCommands()).runClientCommand(command.client);
    case 'serve':
      return runServe(command.options);
  }
}

/** A client that has ended the connection and reads nothing. Of a command, the reader may be a pager, and takes its time. */
const CLIENT_READS_WITHIN_MS = 30_000;

// The one of the protocol, which a server over stdio replaces.
const { stdout } = process;
// The reader of a pipe may have closed it, such as head; there is nobody left to write to.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const command = parseCommandLine(process.argv.slice(2));
if (command.kind !== 'serve') watchHangUps().release();
process.exitCode = await run(command);
await written(stdout, command.kind === 'serve' ? CLIENT_READS_WITHIN_MS : undefined);
// A timer or socket that a module left open must not keep the process alive; without one this timer never fires.
setTimeout(() => endProcess(), 500).unref();

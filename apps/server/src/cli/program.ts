import { parseCommandLine, usage } from './cli.ts';
import { runCheck, runDoctor, runInit, runListTools, runServe, runSystemd } from './commands.ts';
import { version } from '../version.ts';

/** Exit codes: 0 success, 1 the configuration or the start failed or the doctor found a problem, 2 the command line was not understood. */
async function main(args: readonly string[]): Promise<number> {
  const command = parseCommandLine(args);
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage);
      return 0;
    case 'version':
      process.stdout.write(`${version}\n`);
      return 0;
    case 'usage-error':
      process.stderr.write(`mcp-server: ${command.message}.\nRun mcp-server --help for what is understood.\n`);
      return 2;
    case 'check':
      return runCheck(command.options);
    case 'list-tools':
      return runListTools(command.options);
    case 'init':
      return runInit(command.file);
    case 'doctor':
      return runDoctor(command.options, command.json);
    case 'systemd':
      return runSystemd(command.options);
    case 'serve':
      return runServe(command.options);
  }
}

process.exitCode = await main(process.argv.slice(2));
// A timer or socket that a module of the operator's left behind must not keep the process; with none left this never fires.
setTimeout(() => process.exit(), 500).unref();

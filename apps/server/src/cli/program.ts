import { parseCommandLine, usage } from './cli.ts';
import { runCheck, runDoctor, runInit, runListTools, runServe, runSystemd } from './commands.ts';
import { version } from '../version.ts';

/** Exit codes: 0 success; 1 the configuration or the start failed, or the doctor found a problem; 2 invalid command line. */
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
      process.stderr.write(`mcp-server: ${command.message}.\nRun mcp-server --help for the options.\n`);
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
// A timer or socket that a module left open must not keep the process alive; without one this timer never fires.
setTimeout(() => process.exit(), 500).unref();

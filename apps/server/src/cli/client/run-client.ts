import { addEntry, entryBlock, type ServerEntry } from './client-entry.ts';
import { clientFile, type Places } from './clients.ts';
import type { ClientCommand } from './parse-client.ts';
import { readIfExists, replaceWithBackup } from './replace-file.ts';

export interface ClientSurroundings extends Places {
  /** The program and arguments with which the client starts the server. */
  readonly command: readonly string[];
  readonly write: (text: string) => void;
  /** Asks for confirmation; undefined without a terminal. */
  readonly confirm: ((prompt: string) => Promise<boolean>) | undefined;
  readonly nowMs: number;
}

/** @returns the exit code */
export async function addClient(command: ClientCommand, surroundings: ClientSurroundings): Promise<number> {
  const { write, confirm, nowMs } = surroundings;
  const client = clientFile(command.client, surroundings);
  const { file } = client;
  const entry: ServerEntry = { name: command.name, command: surroundings.command };
  const block = entryBlock(entry, client);
  if (command.print) {
    write(block);
    return 0;
  }
  try {
    const edited = addEntry(readIfExists(file), entry, client);
    if (edited.kind === 'unchanged') {
      write(`${file} has this entry already; nothing was changed.\n`);
      return 0;
    }
    if (edited.kind === 'unsupported') {
      write(`${file} was not changed, because ${edited.reason}. Put this into it yourself:\n\n${block}`);
      return 1;
    }
    const verb = edited.replaces ? `replaces the entry ${command.name} in` : 'goes into';
    write(`This ${verb} ${file}:\n\n${block}\n`);
    if (!command.yes && confirm === undefined) {
      write('Nothing was changed: run it with --yes to change the file.\n');
      return 1;
    }
    if (!command.yes && !(await confirm?.('Change the file? [y/N] '))) {
      write('Nothing was changed.\n');
      return 1;
    }
    const backup = replaceWithBackup(file, edited.text, nowMs);
    write(`Wrote ${file}${backup === undefined ? '' : `; the old file is ${backup}`}. ${client.next}\n`);
    return 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    write(`${file} was not changed (${code}). Put this into it yourself:\n\n${block}`);
    return 1;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

// One after the other: two measurements at a time would measure each other.
for (const file of ['closed.ts', 'sync.ts', 'rejected.ts', 'failing.ts', 'footprint.ts', 'size.ts']) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@mcp/source', path], { stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with code ${code}`);
}

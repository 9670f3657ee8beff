/** Loaded into the server first: on SIGUSR2 it reports the heap size after a garbage collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  // The second collection frees what finalizers and closed streams released.
  setTimeout(() => {
    collect();
    process.stderr.write(`heap after collection: ${process.memoryUsage().heapUsed}\n`);
  }, 200);
});

/** Loaded into the server before anything else: tells on SIGUSR2 how much heap is left after a collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  // What finalizers and closed streams let go of in between is collected the second time.
  setTimeout(() => {
    collect();
    process.stderr.write(`heap after collection: ${process.memoryUsage().heapUsed}\n`);
  }, 200);
});

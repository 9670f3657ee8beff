/** A process that saves one of two configurations over the other until it is killed. */
import { ConfigStore } from '../store/config-store.ts';
import { sampleDefinition } from './sample-definition.ts';

const [file = ''] = process.argv.slice(2);
const store = await ConfigStore.load({ definition: sampleDefinition, file });
const lists = [100, 900].map((count) =>
  Array.from({ length: count }, (_, index) => `10.0.${count % 7}.${index % 250}`),
);
process.stdout.write('ready\n');
for (let round = 0; ; round += 1) {
  await store.update({ security: { allowedTargets: lists[round % 2] } });
  await store.save();
}

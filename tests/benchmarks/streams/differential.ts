// The differential test of the parser at length: `node differential.ts COUNT`.

import { compare } from '../../runtime/differential.ts';

const [count = '100000'] = process.argv.slice(2);
const { events, explained, differences } = compare(0, Number(count));
for (const difference of differences.slice(0, 20)) console.log(JSON.stringify(difference));
console.log(`${count} streams, ${events} events and retries: ${differences.length} disagreements`);
for (const [rule, times] of explained) console.log(`${times} explained by: ${rule}`);
process.exitCode = differences.length ? 1 : 0;

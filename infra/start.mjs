// npm start: from a clone to the portal with a first compressed network. Plain Node: it runs before anything is installed.
import { checkout, complain, homeOf, refuseUnsupportedNode } from './setup/entry.mjs';

const HELP = `npm start [-- options]

Sets everything up, starts the portal and, the first time, trains a ResNet-20 on handwritten digits and compresses it.

  --exit    stop when the demonstration has ended; exit code 0 only if its runs succeeded
  --fresh   begin with empty data (what was installed and downloaded is kept)
  --help    this text

Services of your own instead of the embedded ones: DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ESPALIER_STORAGE.
Folders: ESPALIER_HOME (data, default .espalier), ESPALIER_CACHE (downloads, default ~/.cache/espalier). ESPALIER_DEVICE=cuda computes on a GPU.`;

const flags = process.argv.slice(2);
const unknown = flags.find((flag) => !['--exit', '--fresh', '--help'].includes(flag));
if (unknown !== undefined) {
  console.error(`espalier: npm start knows no "${unknown}".\n\n${HELP}`);
  process.exit(2);
}
if (flags.includes('--help')) {
  console.log(HELP);
  process.exit(0);
}

await refuseUnsupportedNode();
const [{ prepare }, { createVoice }] = await Promise.all([import('./setup/prepare.mjs'), import('./setup/voice.mjs')]);
const voice = createVoice();
const interrupt = (signal) => {
  voice.say(`stopped (${signal}); the next start goes on from here`);
  process.exit(130);
};
try {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  await prepare({ checkout, home: homeOf(), voice });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupt);
  // From here on TypeScript: its loader is there now.
  const { register } = await import('tsx/esm/api');
  register();
  const { start } = await import('./src/start.ts');
  const flag = (name) => flags.includes(name);
  const options = { checkout, home: homeOf(), exit: flag('--exit'), fresh: flag('--fresh'), say: voice.say };
  // A library may hold something open; when everything is stopped, there is nothing to wait for.
  process.exit(await start(options));
} catch (error) {
  process.exitCode = complain(error);
}

// npm run setup: brings the checkout to where it can be started and tested. Plain Node: it runs before anything is installed.
import { checkout, complain, homeOf, refuseUnsupportedNode } from './setup/entry.mjs';

await refuseUnsupportedNode();
const [{ prepare }, { createVoice }] = await Promise.all([import('./setup/prepare.mjs'), import('./setup/voice.mjs')]);
try {
  await prepare({ checkout, home: homeOf(), voice: createVoice() });
} catch (error) {
  process.exitCode = complain(error);
}

/** The way out for a Node that Espalier does not run on; undefined where it does. Plain enough to be read by an old Node. @param {string} version */
export function unsupportedNode(version) {
  const [major, minor] = version.split('.').map(Number);
  if ((major === 20 && minor >= 11) || major === 22) return undefined;
  const why = major > 22 ? 'the TensorFlow binding does not work there yet' : 'it is too old';
  return {
    message: `Espalier runs on Node 20 (from 20.11) and 22; this is Node ${version}, and ${major === 21 ? 'it is no longer maintained' : why}.`,
    wayOut: 'Install Node 22, for example with `nvm install 22 && nvm use 22`, or from https://nodejs.org.',
  };
}

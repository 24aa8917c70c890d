import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { lastWords, run } from '../run.mjs';
import { listZip, readZipText, unzipEntry } from './unzip.mjs';

/** Ways to call pip, best first: the one of the Python at hand knows that Python's certificates and indexes. */
const PIP_COMMANDS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];

/** A wheel for this Python stands in for any other where the Python at hand has none: only its C library is used. */
const ANY_PYTHON = ['--only-binary=:all:', '--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311'];

/** @returns {Promise<string[] | undefined>} how to call pip here, if at all */
export async function findPip() {
  for (const command of PIP_COMMANDS) {
    const [program, ...args] = command;
    const { code } = await run(program, [...args, '--version'], { timeoutMs: 20_000 });
    if (code === 0) return command;
  }
  return undefined;
}

/**
 * Downloads one wheel, without what it depends on.
 * @param {{pip: string[], requirement: string, folder: string, say: (text: string) => void}} options
 * @returns {Promise<string>} the wheel's path
 */
export async function downloadWheel({ pip: [program, ...args], requirement, folder, say }) {
  const target = path.join(folder, requirement.replaceAll(/[^A-Za-z0-9]+/g, '-'));
  const scratch = path.join(target, 'scratch');
  await mkdir(scratch, { recursive: true });
  say(`downloading ${requirement} from the Python package index`);
  const progress = setInterval(() => void tell(), 5_000);
  const tell = async () => {
    const bytes = await folderSize(scratch);
    if (bytes > 0) say(`downloading ${requirement}: ${megabytes(bytes)} so far`);
  };
  const download = [
    ...args,
    'download',
    '--quiet',
    '--no-deps',
    '--no-cache-dir',
    '--retries',
    '2',
    '--disable-pip-version-check',
    '--dest',
    target,
  ];
  const options = { env: { ...process.env, TMPDIR: scratch } };
  try {
    let result = await run(program, [...download, requirement], options);
    if (result.code !== 0 && !isUnreachable(result) && /No matching distribution|from versions:/.test(result.stderr)) {
      const platforms = manylinux().flatMap((platform) => ['--platform', platform]);
      result = await run(program, [...download, ...ANY_PYTHON, ...platforms, requirement], options);
    }
    if (result.code !== 0) throw new Error(`pip could not download ${requirement}: ${whyPipFailed(result)}`);
  } finally {
    clearInterval(progress);
  }
  await rm(scratch, { recursive: true, force: true });
  const [wheel] = (await readdir(target)).filter((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip downloaded ${requirement}, but not as a wheel`);
  return path.join(target, wheel);
}

/**
 * Unpacks the wanted files of a wheel and checks each against the wheel's own RECORD (size and SHA-256).
 * @param {string} wheel
 * @param {string} folder
 * @param {(name: string) => boolean} wanted
 * @returns {Promise<number>} bytes unpacked
 * @throws naming the wheel, when it is damaged
 */
export async function unpackWheel(wheel, folder, wanted) {
  const damaged = (reason) => new Error(`the downloaded ${path.basename(wheel)} is damaged: ${reason}`);
  try {
    const entries = await listZip(wheel);
    const record = parseRecord(await readZipText(wheel, onlyEntry(entries, /\.dist-info\/RECORD$/)));
    let bytes = 0;
    for (const entry of entries.filter(({ name }) => !name.endsWith('/') && wanted(name))) {
      const target = path.join(folder, entry.name);
      if (!target.startsWith(folder + path.sep)) throw damaged(`${entry.name} points out of its folder`);
      const unpacked = await unzipEntry(wheel, entry, target);
      const expected = record.get(entry.name);
      if (expected === undefined) throw damaged(`its RECORD does not know ${entry.name}`);
      if (unpacked.size !== expected.size || unpacked.sha256 !== expected.sha256)
        throw damaged(`${entry.name} arrived with another size or checksum than its RECORD says`);
      if (entry.name.includes('/bin/')) await chmod(target, 0o755);
      bytes += unpacked.size;
    }
    return bytes;
  } catch (error) {
    if (error.code === 'ENOSPC' || error.message.startsWith('the downloaded')) throw error;
    throw damaged(error.message);
  }
}

/**
 * What a wheel says it needs, such as `nvidia-cudnn-cu12<10.0,>=9.3.0.75`, without the conditions after the semicolon.
 * @param {string} wheel
 * @returns {Promise<string[]>}
 */
export async function requirementsOf(wheel) {
  const entries = await listZip(wheel);
  const metadata = await readZipText(wheel, onlyEntry(entries, /\.dist-info\/METADATA$/));
  return [...metadata.matchAll(/^Requires-Dist: ([^;\n]+)/gm)].map((match) => match[1].trim());
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

const isUnreachable = ({ stderr }) =>
  /NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError/.test(stderr);

function whyPipFailed(result) {
  if (isUnreachable(result))
    return 'the Python package index does not answer (check the connection, or name the index of your network in PIP_INDEX_URL and its proxy in HTTPS_PROXY)';
  if (/No space left on device/.test(result.stderr)) return 'the disk is full';
  return /^ERROR: (.*)$/m.exec(result.stderr)?.[1] ?? lastWords(result, 1);
}

function onlyEntry(entries, pattern) {
  const entry = entries.find(({ name }) => pattern.test(name));
  if (entry === undefined) throw new Error(`it has no ${pattern.source.replaceAll(/[\\$]|^\\./g, '')}`);
  return entry;
}

/** RECORD is CSV of `name,sha256=<base64url>,size`; a name with a comma is quoted. */
function parseRecord(text) {
  const files = new Map();
  for (const line of text.split('\n')) {
    const match = /^(?:"([^"]+)"|([^,]+)),sha256=([A-Za-z0-9_-]+),(\d+)\s*$/.exec(line);
    if (match) files.set(match[1] ?? match[2], { sha256: match[3], size: Number(match[4]) });
  }
  return files;
}

function manylinux() {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return ['manylinux_2_27', 'manylinux_2_28', 'manylinux_2_17', 'manylinux2014'].map((name) => `${name}_${machine}`);
}

async function folderSize(folder) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  // A file may vanish between the listing and the look at it: pip moves its download when it is complete.
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

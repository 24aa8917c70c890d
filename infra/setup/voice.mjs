const STILL_EVERY_MS = 20_000;

/**
 * How set-up speaks: one line for each thing that happens, after the seconds since the beginning.
 * @typedef {object} Voice
 * @property {(text: string) => void} say
 * @property {<T>(name: string, work: (say: (text: string) => void) => Promise<T>) => Promise<T>} step
 *   says when a longer step takes its time and when it has ended
 */

/** @param {{write?: (line: string) => void, now?: () => number}} [io] @returns {Voice} */
export function createVoice({ write = (line) => process.stdout.write(line), now = () => performance.now() } = {}) {
  const began = now();
  /** @param {string} text */
  const say = (text) => write(`[${seconds(now() - began).padStart(5)}] ${text}\n`);
  return {
    say,
    async step(name, work) {
      const since = now();
      const speak = (text) => say(`${name}: ${text}`);
      const timer = setInterval(() => say(`${name}: still at it after ${seconds(now() - since)}`), STILL_EVERY_MS);
      try {
        return await work(speak);
      } finally {
        clearInterval(timer);
      }
    },
  };
}

const seconds = (ms) => `${(ms / 1000).toFixed(0)} s`;

import { spawnSync } from 'node:child_process';
import { zoo } from '@espalier/zoo';

/** Something that whoever called can mend. */
export class UsageError extends Error {}

/**
 * Throws, saying what is missing and how to get it, unless this Python can run the other side.
 * @param packages the names under which PyPI has the modules that are imported: module → package
 */
export function checkPython(python: string, packages: Readonly<Record<string, string>>): void {
  const { error } = spawnSync(python, ['--version']);
  if (error !== undefined) throw new UsageError(`there is no ${python}: name a Python ≥ 3.9 by --python or $PYTHON`);
  const missing = Object.entries(packages).filter(([module]) => spawnSync(python, ['-c', `import ${module}`]).status !== 0);
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name).join(' ');
  throw new UsageError(
    `${python} has no ${names}. Get it: ${python} -m venv peers && peers/bin/pip install ${names}, then --python peers/bin/python`,
  );
}

/** A whole number of at least `least` from the option `name`. */
export function countOption(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new UsageError(`--${name} must be a whole number of at least ${least}, but is ${text}`);
  return value;
}

/** The name of an architecture of the zoo from the option `name`. */
export function zooOption(name: string, text: string): string {
  if (zoo.some((entry) => entry.name === text)) return text;
  throw new UsageError(`--${name} must be one of ${zoo.map((entry) => entry.name).join(', ')}, but is ${text}`);
}

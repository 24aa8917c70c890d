import { EspalierError } from '@espalier/core';
import { runProgram } from '../../run-program.ts';

/** The user that PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. Everybody else runs it as themselves (undefined); root lends it the account `postgres`, which
 * distributions have reserved for it, and makes that where it is missing.
 */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const name = 'postgres';
  const known = await lookUp(name);
  if (known !== undefined) return known;
  const made = await runProgram('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]).catch(
    (error: unknown) => ({ code: null, stderr: String(error) }),
  );
  const account = await lookUp(name);
  if (account === undefined)
    throw new EspalierError(
      'UNAVAILABLE',
      `PostgreSQL does not run as root, and the account "${name}" could not be made: ${made.stderr.trim()}`,
      {
        hint: 'Start as another user than root, or name a database of your own with DATABASE_URL.',
      },
    );
  return account;
}

async function lookUp(name: string): Promise<Account | undefined> {
  const [user, group] = await Promise.all(['-u', '-g'].map((which) => runProgram('id', [which, name])));
  return user?.code === 0 && group?.code === 0 ? { uid: Number(user.stdout), gid: Number(group.stdout) } : undefined;
}

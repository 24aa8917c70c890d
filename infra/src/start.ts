import { mkdir } from 'node:fs/promises';
import { EspalierError } from '@espalier/core';
import { signIn } from './demonstration/client.ts';
import { demonstrate, findOrganization, writeDigits } from './demonstration/demonstrate.ts';
import { keepOutcome, keptOutcome } from './demonstration/outcome.ts';
import { createScreen, type Screen } from './demonstration/screen.ts';
import { comparisonTable } from './demonstration/table.ts';
import { readEnvironment } from './environment.ts';
import { removeData } from './fresh.ts';
import { bootstrapOwner, keptOwner } from './owner.ts';
import { openPortal, type Portal } from './portal/portal.ts';

export interface StartOptions {
  readonly checkout: string;
  readonly home: string;
  /** End when the demonstration has ended. */
  readonly exit: boolean;
  /** Begin with empty data. */
  readonly fresh: boolean;
  readonly say: (text: string) => void;
}

/** Starts everything, shows the demonstration if it has not been shown, and serves until it is told to stop. @returns the exit code */
export async function start({ checkout, home, exit, fresh, say }: StartOptions): Promise<number> {
  const environment = readEnvironment(process.env);
  const screen = createScreen(process.stdout, say);
  const interruption = interruptions();
  await mkdir(home, { recursive: true });
  if (fresh) await removeData(home, environment);
  let portal: Portal;
  try {
    portal = await openPortal({ checkout, home, environment, say: screen.say, signal: interruption.signal });
  } catch (error) {
    if (interruption.signal.aborted) return 130;
    throw error;
  }
  interruption.onSecond(() => portal.kill());
  try {
    const succeeded = await unlessInterrupted(show(portal, { checkout, home, screen, signal: interruption.signal }), interruption.signal);
    if (succeeded !== undefined && !exit) await interruption.arrives;
    if (interruption.signal.aborted) screen.say('stopping');
    return exit ? (succeeded === undefined ? 130 : Number(!succeeded)) : 0;
  } finally {
    screen.clear();
    await portal.stop();
    screen.say('stopped');
  }
}

/** @returns whether the demonstration has succeeded, now or before */
async function show(portal: Portal, options: { checkout: string; home: string; screen: Screen; signal: AbortSignal }): Promise<boolean> {
  const { checkout, home, screen, signal } = options;
  const owner = await keptOwner(home);
  let table: string[] | undefined;
  try {
    const kept = await keptOutcome(home);
    if (kept === undefined) {
      await bootstrapOwner(checkout, portal, owner);
      screen.say(`sign in at ${portal.url} as ${owner.email} with the password ${owner.password}`);
      const client = await signIn(portal.apiUrl, portal.url, owner, signal);
      const organization = await findOrganization(client, owner.organization);
      const datasetPath = await writeDigits(checkout, home);
      const demonstration = await demonstrate({ client, organization, datasetPath, screen });
      await client.close();
      table = await keepOutcome(home, demonstration);
    } else table = comparisonTable(kept.before, kept.after);
  } catch (error) {
    if (signal.aborted || !(error instanceof EspalierError)) throw error;
    screen.clear();
    screen.say(`the demonstration did not succeed: ${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}`);
    screen.say(`The logs are in ${home}/logs. \`npm start -- --fresh\` begins again with empty data.`);
  }
  const lines = table === undefined ? [] : ['', 'ResNet-20 on 2,000 test digits:', '', ...table.map((line) => `  ${line}`)];
  const address = [
    `The portal: ${portal.url}`,
    `Sign in as ${owner.email}; the first password is in ${home}/owner.json. Ctrl-C stops everything.`,
  ];
  process.stdout.write(`${[...lines, '', ...address, ''].join('\n')}\n`);
  return table !== undefined;
}

/** @returns the work's value, or undefined when the interruption came first; the work is then left to end by itself */
async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const interrupted = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
  try {
    return await Promise.race([work, interrupted]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Ctrl-C, a polite kill, or a terminal that is closed. The second one is impatient. */
function interruptions() {
  const controller = new AbortController();
  let second = () => process.exit(130);
  const arrives = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) second();
      controller.abort();
    });
  return {
    signal: controller.signal,
    arrives,
    onSecond(action: () => void) {
      second = () => {
        action();
        process.exit(130);
      };
    },
  };
}

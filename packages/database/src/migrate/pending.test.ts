import { describe, expect, it } from 'vitest';
import { pendingMigrations } from './pending.ts';

const file = (name: string, checksum = name) => ({ name, sql: '', checksum });
const applied = (name: string, overrides: object = {}) => ({
  name,
  checksum: name,
  finished: true,
  rolledBack: false,
  logs: null,
  ...overrides,
});

describe('what a database still lacks', () => {
  it('is everything in an empty one, in order', () => {
    expect(pendingMigrations([file('1'), file('2')], []).map(({ name }) => name)).toEqual(['1', '2']);
  });

  it('is what comes after the last one applied', () => {
    expect(pendingMigrations([file('1'), file('2')], [applied('1')]).map(({ name }) => name)).toEqual(['2']);
  });

  it('includes one that failed and was rolled back', () => {
    expect(pendingMigrations([file('1')], [applied('1', { finished: false, rolledBack: true })]).map(({ name }) => name)).toEqual(['1']);
  });

  it.each([
    ['was edited after it was applied', [file('1', 'other')], [applied('1')], 'the migration 1 was changed after it had been applied'],
    ['began and never ended', [file('1')], [applied('1', { finished: false, logs: 'syntax error' })], 'never ended: syntax error'],
    ['is newer than this version', [], [applied('1')], 'this version of Espalier does not know'],
  ])('is not known where a migration %s', (_, files, history, message) => {
    expect(() => pendingMigrations(files, history)).toThrow(
      expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining(message) }),
    );
  });
});

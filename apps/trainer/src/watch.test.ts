import type { Message } from '@espalier/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Shared } from './shared.ts';
import { Watch } from './watch.ts';

describe('the thread that watches', () => {
  let shared: Shared;
  let said: Message[];
  let watch: Watch;
  beforeEach(() => {
    vi.useFakeTimers();
    shared = new Shared();
    said = [];
    watch = new Watch(shared, (message) => shared.saying(() => said.push(message)), () => Date.now()); // prettier-ignore
  });
  afterEach(() => {
    watch.close();
    vi.useRealTimers();
  });

  const workSays = (): void => shared.saying(() => undefined);
  const silences = (): (number | undefined)[] =>
    said.flatMap((message) => (message.type === 'progress' ? [message.progress.silentSeconds] : []));

  it('says nothing as long as the work speaks for itself', () => {
    for (let second = 0; second < 60; second++) {
      vi.advanceTimersByTime(1000);
      workSays();
    }
    expect(said).toEqual([]);
  });

  it('speaks within five seconds of silence and every five from then on, and counts them from the last word of the work', () => {
    workSays();
    vi.advanceTimersByTime(21_000);
    expect(silences()).toHaveLength(5);
    const gaps = silences().map((seconds, index) => seconds! - (silences()[index - 1] ?? 0));
    expect(gaps.every((gap) => gap > 0 && gap <= 5)).toBe(true);
    workSays();
    vi.advanceTimersByTime(5000);
    expect(silences().at(-1)).toBeLessThan(6);
  });

  it('says where the work was last, but not how long it would still take', () => {
    vi.advanceTimersByTime(5000);
    expect(said).toEqual([{ type: 'progress', progress: { phase: 'starting', silentSeconds: 4 } }]);
    expect(watch.step).toBeNull();
    watch.heard({ phase: 'training', step: 7, steps: 40, secondsLeft: 12 });
    vi.advanceTimersByTime(5000);
    expect(said.at(-1)).toMatchObject({ progress: { phase: 'training', step: 7, steps: 40 } });
    expect(said.at(-1)).not.toHaveProperty('progress.secondsLeft');
    expect(watch.step).toBe(7);
  });
});

describe('what two threads share', () => {
  it('is seen by both at once', () => {
    const one = new Shared();
    const other = new Shared(one.memory);
    expect(other.stopping).toBe(false);
    one.stop();
    expect(other.stopping).toBe(true);
    one.saying(() => undefined);
    expect(other.said).toBe(1);
  });

  it('lets one speak after all when the other has ended within its message', () => {
    const one = new Shared();
    let spoke = false;
    one.saying(() => new Shared(one.memory).saying(() => (spoke = true), 50));
    expect(spoke).toBe(true);
  });
});

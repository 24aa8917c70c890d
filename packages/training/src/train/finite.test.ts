import { describe, expect, it } from 'vitest';
import { notFinite, notFiniteIn } from './finite.ts';

const variable = (name: string, ...values: number[]) => ({ name, values: Float32Array.from(values) });

describe('a variable that is not finite', () => {
  it('is the first with an infinity or what is no number, wherever it stands in it', () => {
    const whole = variable('whole', 0, -0, 3.4e38, -3.4e38, 1e-45);
    expect(notFinite([whole])).toBeUndefined();
    expect(notFinite([])).toBeUndefined();
    for (const value of [NaN, Infinity, -Infinity]) {
      for (let place = 0; place < 5; place++) {
        const spoilt = variable('spoilt', 1, 2, 3, 4, 5);
        spoilt.values[place] = value;
        expect(notFinite([whole, spoilt, variable('later', NaN)])).toBe('spoilt');
      }
    }
  });
});

describe('a verdict that is not finite', () => {
  it('is named by its measure', () => {
    expect(notFiniteIn({ measure: 'accuracy', value: 0.5, others: { loss: 1 } })).toBeUndefined();
    expect(notFiniteIn({ measure: 'accuracy', value: 0.5, others: { loss: Infinity } })).toBe('loss');
    expect(notFiniteIn({ measure: 'accuracy', value: NaN, others: {} })).toBe('accuracy');
  });
});

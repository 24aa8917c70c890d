import { describe, expect, it } from 'vitest';
import { countResults } from './count-results.mjs';

const report = (numPassedTests, numFailedTests, testResults = []) => JSON.stringify({ numPassedTests, numFailedTests, testResults });
const broken = { status: 'failed', assertionResults: [] };

describe('countResults', () => {
  it.each([
    ['all passed', report(3, 0, [{ status: 'passed', assertionResults: [{ status: 'passed' }] }]), 0, { passed: 3, failed: 0 }],
    ['one failed', report(2, 1, [{ status: 'failed', assertionResults: [{ status: 'failed' }] }]), 1, { passed: 2, failed: 1 }],
    ['a file could not be loaded', report(3, 0, [broken]), 1, { passed: 3, failed: 1 }],
    ['an error outside any test', report(3, 0), 1, { passed: 3, failed: 1 }],
    ['no report at all', undefined, 1, { passed: 0, failed: 1 }],
  ])('counts: %s', (_name, text, exitCode, expected) => {
    expect(countResults(text, exitCode)).toEqual(expected);
  });
});

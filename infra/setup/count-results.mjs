/**
 * How many tests passed and failed, by vitest's JSON report. A file that failed without a failing test (it could not be loaded, or a hook
 * of it failed) counts as one failure, as does a run that ended badly without saying why.
 * @param {string | undefined} report
 * @param {number} exitCode of vitest
 */
export function countResults(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(report);
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = numFailedTests + brokenFiles;
  return { passed: numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

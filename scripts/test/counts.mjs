/**
 * What a run of Jest counts for. A file that did not run, a test left out, a project without tests and a run that broke
 * off are failures: each would otherwise hide that nothing was checked.
 */
export function countsOf(result, exitCode) {
  if (!result) return { passed: 0, failed: 1, notes: ['Jest wrote no result.'] };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = result;
  const notes = [];
  let failed = numFailedTests + numRuntimeErrorTestSuites;
  if (numPendingTests + numTodoTests > 0) {
    failed += numPendingTests + numTodoTests;
    notes.push(`${numPendingTests + numTodoTests} tests were left out. Tests are not skipped here.`);
  }
  if (numPassedTests + failed === 0) {
    failed = 1;
    notes.push('There are no tests.');
  }
  if (exitCode !== 0 && failed === 0) {
    failed = 1;
    notes.push(`Jest ended with code ${exitCode}.`);
  }
  return { passed: numPassedTests, failed, notes };
}

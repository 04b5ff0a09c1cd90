import { expect, it } from '@jest/globals';
import { countsOf } from '../../scripts/test/counts.mjs';
import { choose } from '../../scripts/test/steps.mjs';

const none = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPendingTests: 0, numTodoTests: 0 };

it.each([
  ['tests that pass and fail', { ...none, numPassedTests: 7, numFailedTests: 2 }, 1, 7, 2],
  ['a file that did not run', { ...none, numPassedTests: 7, numRuntimeErrorTestSuites: 1 }, 1, 7, 1],
  ['a test left out', { ...none, numPassedTests: 7, numPendingTests: 1, numTodoTests: 1 }, 0, 7, 2],
  ['no tests at all', none, 0, 0, 1],
  ['a run that broke off after its tests', { ...none, numPassedTests: 7 }, 1, 7, 1],
  ['no result', null, 1, 0, 1],
])('counts %s', (_what, result, exitCode, passed, failed) => {
  expect(countsOf(result, exitCode)).toMatchObject({ passed, failed });
});

const names = (...words: string[]) => choose(words).map(({ name }) => name);

it('runs the named steps on both databases, and builds first', () => {
  expect(names('e2e')).toEqual(['build', 'e2e on PGlite', 'e2e on Postgres']);
  expect(names('e2e', 'pglite')).toEqual(['build', 'e2e on PGlite']);
  expect(names('lint', 'unit')).toEqual(['build', 'lint', 'unit']);
});

it('refuses a step there is not', () => {
  expect(() => names('units')).toThrow('There is no step "units"');
});

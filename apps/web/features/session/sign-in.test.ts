import { expect, it } from 'vitest';
import { signInProblem } from './sign-in.ts';

it.each([
  [401, 'E-mail and password do not match.'],
  [429, 'Too many attempts.'],
  [403, 'This account may not sign in.'],
  [502, 'Signing in does not work at the moment.'],
])('says of a sign-in answered %d: %s', (status, message) => {
  const problem = signInProblem(status);
  expect(problem.message).toBe(message);
  expect(problem.hint).toBeTruthy();
});

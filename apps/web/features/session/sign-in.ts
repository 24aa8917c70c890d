export interface SignInProblem {
  message: string;
  hint?: string;
}

/** Asks the API for a session cookie. Null when it gave one, else what to tell the person. */
export async function signIn(email: string, password: string): Promise<SignInProblem | null> {
  let response: Response;
  try {
    response = await fetch('/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
  } catch (cause) {
    console.warn('the portal does not answer', cause);
    return { message: 'The portal does not answer.', hint: 'Check your connection and try again.' };
  }
  return response.ok ? null : signInProblem(response.status);
}

/** One sentence for each way a sign-in can fail. Whether an account exists is not among the things it tells. */
export function signInProblem(status: number): SignInProblem {
  if (status === 400 || status === 401 || status === 422) {
    return { message: 'E-mail and password do not match.', hint: 'Check both and try again. Capital letters count in the password.' };
  }
  if (status === 403) return { message: 'This account may not sign in.', hint: 'Ask an owner of your organization.' };
  if (status === 429) return { message: 'Too many attempts.', hint: 'Wait a minute, then try again.' };
  return { message: 'Signing in does not work at the moment.', hint: 'The API may be starting. Try again in a few seconds.' };
}

/** Ends the session. False when the portal does not answer, and the person is still signed in. */
export async function signOut(): Promise<boolean> {
  try {
    const response = await fetch('/api/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    if (!response.ok) return false;
  } catch (cause) {
    console.warn('the portal does not answer', cause);
    return false;
  }
  window.location.assign('/sign-in');
  return true;
}

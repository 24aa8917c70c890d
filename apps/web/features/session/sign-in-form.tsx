'use client';

import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ProblemPanel } from '#features/ui/problem-panel.tsx';
import { signIn, type SignInProblem } from './sign-in.ts';

export function SignInForm({ next }: { next: string }) {
  const [problem, setProblem] = useState<SignInProblem | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    const refused = await signIn(String(fields.get('email')), String(fields.get('password')));
    if (refused) {
      setProblem(refused);
      setBusy(false);
      return;
    }
    // A whole new page: nothing that was read as a stranger may live on.
    window.location.assign(next);
  }

  return (
    <form method="post" onSubmit={submit} aria-label="Sign in">
      <Stack gap="md">
        {problem && <ProblemPanel message={problem.message} hint={problem.hint} />}
        <TextInput label="E-mail" name="email" type="email" autoComplete="username" required withAsterisk={false} size="md" />
        <PasswordInput label="Password" name="password" autoComplete="current-password" required withAsterisk={false} size="md" />
        <Button type="submit" loading={busy} size="md" fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

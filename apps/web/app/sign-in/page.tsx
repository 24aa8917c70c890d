import type { Metadata } from 'next';
import { safeNextPath } from '#features/session/next-path.ts';
import { SignInPage } from '#features/session/sign-in-page.tsx';

export const metadata: Metadata = { title: 'Sign in' };

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  return <SignInPage next={safeNextPath(typeof next === 'string' ? next : undefined)} />;
}

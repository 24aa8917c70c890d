'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** Has the server draw the page again at an interval, for as long as it is part of the page. */
export function RefreshWhile({ everyMs }: { everyMs: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), everyMs);
    return () => clearInterval(timer);
  }, [router, everyMs]);
  return null;
}

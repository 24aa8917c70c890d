import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Runs' };

export { RunsPage as default } from '#features/runs/runs-page.tsx';

import type { Metadata } from 'next';
import { ModelsPage } from '#features/models/models-page.tsx';
import { afterOf, type ListParams } from '#features/ui/after-param.ts';

export const metadata: Metadata = { title: 'Models' };

export default async function Page(props: ListParams) {
  return <ModelsPage after={await afterOf(props)} />;
}

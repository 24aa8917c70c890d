import type { Metadata } from 'next';
import { DatasetsPage } from '#features/datasets/datasets-page.tsx';
import { afterOf, type ListParams } from '#features/ui/after-param.ts';

export const metadata: Metadata = { title: 'Datasets' };

export default async function Page(props: ListParams) {
  return <DatasetsPage after={await afterOf(props)} />;
}

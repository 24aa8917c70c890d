import { idOf, type IdParams } from '#features/session/require-node.ts';
import { DatasetPage, datasetTitle } from '#features/datasets/dataset-page.tsx';

export const generateMetadata = async (props: IdParams) => ({ title: await datasetTitle(await idOf(props)) });

export default async function Page(props: IdParams) {
  return <DatasetPage id={await idOf(props)} />;
}

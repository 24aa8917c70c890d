import { idOf, type IdParams } from '#features/session/require-node.ts';
import { ModelPage, modelTitle } from '#features/models/model-page.tsx';

export const generateMetadata = async (props: IdParams) => ({ title: await modelTitle(await idOf(props)) });

export default async function Page(props: IdParams) {
  return <ModelPage id={await idOf(props)} />;
}

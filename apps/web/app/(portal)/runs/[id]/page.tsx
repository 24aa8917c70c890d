import { idOf, type IdParams } from '#features/session/require-node.ts';
import { RunPage, runTitle } from '#features/run/run-page.tsx';

export const generateMetadata = async (props: IdParams) => ({ title: await runTitle(await idOf(props)) });

export default async function Page(props: IdParams) {
  return <RunPage id={await idOf(props)} />;
}

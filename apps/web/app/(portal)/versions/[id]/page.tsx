import { idOf, type IdParams } from '#features/session/require-node.ts';
import { VersionPage, versionTitle } from '#features/versions/version-page.tsx';

export const generateMetadata = async (props: IdParams) => ({ title: await versionTitle(await idOf(props)) });

export default async function Page(props: IdParams) {
  return <VersionPage id={await idOf(props)} />;
}

import { idOf, type IdParams } from '#features/session/require-node.ts';
import { afterOf, type ListParams } from '#features/ui/after-param.ts';
import { VersionPage, versionTitle } from '#features/versions/version-page.tsx';

export const generateMetadata = async (props: IdParams) => ({ title: await versionTitle(await idOf(props)) });

export default async function Page(props: IdParams & ListParams) {
  const { layer } = await props.searchParams;
  const channels = { layer: typeof layer === 'string' ? layer : undefined, after: await afterOf(props) };
  return <VersionPage id={await idOf(props)} channels={channels} />;
}

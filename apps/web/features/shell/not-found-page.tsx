import { IconLeafOff } from '@tabler/icons-react';
import { FullPage } from './full-page.tsx';
import { LinkButton } from './link-button.tsx';

export function NotFoundPage() {
  return (
    <FullPage
      icon={IconLeafOff}
      title="There is nothing here"
      actions={
        <>
          <LinkButton href="/runs">To the runs</LinkButton>
          <LinkButton href="/models" variant="default">
            To the models
          </LinkButton>
        </>
      }
    >
      What this address names does not exist, or belongs to an organization that you are not a member of. Check the address, or find it from
      one of the lists.
    </FullPage>
  );
}

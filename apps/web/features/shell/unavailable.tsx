import { IconPlugConnectedX } from '@tabler/icons-react';
import { FullPage } from './full-page.tsx';
import { ReloadButton } from './reload-button.tsx';

export function Unavailable() {
  return (
    <FullPage icon={IconPlugConnectedX} title="The API does not answer" actions={<ReloadButton />}>
      The portal is here, but what it shows comes from the API, and that is starting, restarting or stopped. If it does not come back, look
      at the terminal where <code>npm start</code> runs.
    </FullPage>
  );
}

'use client';

import { useMutation } from '@apollo/client/react';
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { CancelRunDocument, type RunStateFragment } from '#generated/graphql.ts';
import { ProblemPanel } from '#features/ui/problem-panel.tsx';

interface CancelRunProps {
  runId: string;
  title: string;
  onCancelled: (state: RunStateFragment) => void;
}

interface Problem {
  message: string;
  hint?: string | null;
}

export function CancelRun({ runId, title, onCancelled }: CancelRunProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [cancelRun, { loading }] = useMutation(CancelRunDocument);

  async function cancel() {
    setProblem(null);
    try {
      const { data } = await cancelRun({ variables: { run: runId } });
      const refused = data?.cancelRun.userErrors[0];
      if (refused) return setProblem(refused);
      if (data?.cancelRun.run) onCancelled(data.cancelRun.run);
      close();
    } catch (error) {
      setProblem({ message: 'The run could not be cancelled.', hint: error instanceof Error ? error.message : String(error) });
    }
  }

  return (
    <>
      <Button variant="default" onClick={open}>
        Cancel run
      </Button>
      <Modal opened={opened} onClose={close} title="Cancel this run?" centered closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          <div>
            “{title}” stops after the step it is in. What it has measured stays; no new version is registered, and it cannot be continued.
          </div>
          {problem && <ProblemPanel {...problem} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it running
            </Button>
            <Button color="red.8" onClick={cancel} loading={loading}>
              Cancel run
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

'use client';

import { Button } from '@mantine/core';

export const ReloadButton = () => <Button onClick={() => window.location.reload()}>Try again</Button>;

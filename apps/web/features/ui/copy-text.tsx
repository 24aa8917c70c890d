'use client';

import { IconCheck, IconCopy } from '@tabler/icons-react';
import { CopyButton, Tooltip } from '@mantine/core';
import classes from './copy-text.module.css';

/** A digest or an id: its beginning is shown, a click takes the whole of it along. */
export function CopyText({ text, shown, what }: { text: string; shown: string; what: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : text} multiline maw={340} style={{ overflowWrap: 'anywhere' }}>
          <button type="button" className={classes.button} onClick={copy}>
            <span className="visually-hidden">Copy {what}</span>
            <code>{shown}</code>
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            <span role="status" className="visually-hidden">
              {copied ? 'copied' : ''}
            </span>
          </button>
        </Tooltip>
      )}
    </CopyButton>
  );
}

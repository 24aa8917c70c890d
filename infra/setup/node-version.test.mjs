import { describe, expect, it } from 'vitest';
import { unsupportedNode } from './node-version.mjs';

describe('unsupportedNode', () => {
  it.each(['20.11.0', '20.20.2', '22.0.0', '22.23.1'])('lets Node %s through', (version) => {
    expect(unsupportedNode(version)).toBeUndefined();
  });

  it.each(['16.20.0', '18.19.0', '20.10.0', '21.7.3', '23.0.0', '24.1.0'])('names Node %s and says how to get another', (version) => {
    const problem = unsupportedNode(version);
    expect(problem?.message).toContain(`Node ${version}`);
    expect(problem?.wayOut).toContain('nvm install 22');
  });
});

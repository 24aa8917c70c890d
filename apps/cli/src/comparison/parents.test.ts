import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/folder.ts';
import { distinctNames } from './parents.ts';

const at = temporaryFolder();
const file = (name: string): string => {
  mkdirSync(at(name.split('/').slice(0, -1).join('/')), { recursive: true });
  writeFileSync(at(name), '');
  return at(name);
};

describe('the networks of a comparison', () => {
  it('bear the names of their files, or of the zoo', () => {
    expect(distinctNames([file('one/wide.zip'), file('two/narrow.h5'), 'resnet20'])).toEqual(['wide', 'narrow', 'resnet20']);
  });

  it('are told apart by the folders that they lie in', () => {
    expect(distinctNames([file('wide/network.zip'), file('narrow/network.zip')])).toEqual(['wide-network', 'narrow-network']);
    expect(distinctNames([file('wide/1/network.zip'), file('narrow/1/network.zip'), 'resnet20'])).toEqual([
      'wide-1-network',
      'narrow-1-network',
      'resnet20',
    ]);
  });

  it('are told apart from an architecture of the same name', () => {
    expect(distinctNames([file('mine/resnet20.zip'), 'resnet20'])).toEqual(['mine-resnet20', 'resnet20']);
  });

  it('are each named once', () => {
    const refused = expect.objectContaining({ code: 'BAD_INPUT', path: ['networks'] });
    expect(() => distinctNames([file('one/wide.zip'), at('one/../one/wide.zip')])).toThrow(refused);
    expect(() => distinctNames(['resnet20', 'resnet20'])).toThrow(refused);
  });
});

import { describe, expect, it } from 'vitest';
import { actions, isRole, may, roles, type Action, type Role } from './policy.ts';

/** Written out a second time, by hand: a change of the table must be meant. */
const expected: Record<Action, readonly Role[]> = {
  'organization:read': ['owner', 'admin', 'member', 'viewer'],
  'organization:manage': ['owner', 'admin'],
  'model:read': ['owner', 'admin', 'member', 'viewer'],
  'model:register': ['owner', 'admin', 'member'],
  'version:download': ['owner', 'admin', 'member', 'viewer'],
  'dataset:read': ['owner', 'admin', 'member', 'viewer'],
  'dataset:register': ['owner', 'admin', 'member'],
  'run:read': ['owner', 'admin', 'member', 'viewer'],
  'run:start': ['owner', 'admin', 'member'],
  'run:cancel': ['owner', 'admin', 'member'],
  'lineage:read': ['owner', 'admin', 'member', 'viewer'],
};

describe('the policy', () => {
  for (const action of Object.keys(actions) as Action[]) {
    it(`lets ${expected[action].join(', ')} do ${action}, and nobody else`, () => {
      expect(roles.filter((role) => may(role, action))).toEqual(expected[action]);
    });
  }

  it('lets a stranger do nothing', () => {
    expect((Object.keys(actions) as Action[]).filter((action) => may(null, action))).toEqual([]);
  });

  it('knows its roles by name', () => {
    expect(roles.every(isRole)).toBe(true);
    expect(isRole('superuser')).toBe(false);
  });
});

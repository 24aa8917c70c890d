/**
 * Who may do what, in one table. Pure: it reads nothing, so the API, the portal and the tests can ask the same question and get the
 * same answer. A role holds in one organization; of another organization's things the answer is never "forbidden" but "not found".
 */

/** From most to least. */
export const roles = ['owner', 'admin', 'member', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** The least role that an action asks for; every role above it may as well. */
export const actions = {
  'organization:read': 'viewer',
  'organization:manage': 'admin',
  'model:read': 'viewer',
  'model:register': 'member',
  'version:download': 'viewer',
  'dataset:read': 'viewer',
  'dataset:register': 'member',
  'run:read': 'viewer',
  'run:start': 'member',
  'run:cancel': 'member',
  'lineage:read': 'viewer',
} as const satisfies Record<string, Role>;
export type Action = keyof typeof actions;

/** Whether someone who holds `role` in an organization (null: no member of it) may do `action` there. */
export function may(role: Role | null, action: Action): boolean {
  return role !== null && roles.indexOf(role) <= roles.indexOf(actions[action]);
}

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

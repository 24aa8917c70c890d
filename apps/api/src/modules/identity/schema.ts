import { roles } from '@espalier/policy';
import { organizationsWhere } from '../../auth/viewer.ts';
import type { Builder } from '../../schema/builder.ts';
import { enumValues } from '../../schema/common.ts';

export function addIdentity(builder: Builder) {
  const Role = builder.enumType('Role', { values: enumValues(roles) });

  const User = builder.prismaNode('User', {
    id: { field: 'id' },
    nullable: true,
    select: { id: true },
    // Oneself, and whoever is in one of one's organizations.
    findUnique: (id, { viewer }) => ({
      id,
      OR: [
        { id: viewer?.userId ?? { in: [] } },
        { members: { some: { organizationId: { in: organizationsWhere(viewer, 'organization:read') } } } },
      ],
    }),
    fields: (t) => ({
      name: t.exposeString('name'),
      email: t.exposeString('email'),
    }),
  });

  const Organization = builder.prismaNode('Organization', {
    id: { field: 'id' },
    nullable: true,
    select: { id: true },
    findUnique: (id, { viewer }) => ({ id, AND: { id: { in: organizationsWhere(viewer, 'organization:read') } } }),
    fields: (t) => ({
      name: t.exposeString('name'),
      slug: t.exposeString('slug'),
    }),
  });

  builder.objectType('Membership', {
    fields: (t) => ({
      role: t.expose('role', { type: Role }),
      organization: t.field({ type: Organization, resolve: ({ organizationId }) => ({ id: organizationId }) }),
    }),
  });

  builder.objectType('Viewer', {
    fields: (t) => ({
      user: t.field({ type: User, resolve: ({ userId }) => ({ id: userId }) }),
      memberships: t.field({
        type: ['Membership'],
        resolve: ({ memberships }) => [...memberships].map(([organizationId, role]) => ({ organizationId, role })),
      }),
    }),
  });

  builder.queryField('viewer', (t) =>
    t.field({
      type: 'Viewer',
      nullable: true,
      description: 'Who is asking; null when nobody is signed in.',
      resolve: (_root, _arguments, { viewer }) => viewer,
    }),
  );

  return { Organization, User };
}

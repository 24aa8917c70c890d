'use client';

import { Menu, Text } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useState } from 'react';
import { organizationCookie } from '#features/session/organization-cookie.ts';
import { signOut } from '#features/session/sign-in.ts';
import type { Viewer } from '#features/session/viewer.ts';
import classes from './user-menu.module.css';

const yearSeconds = 365 * 24 * 3600;

function choose(organizationId: string) {
  document.cookie = `${organizationCookie}=${encodeURIComponent(organizationId)}; path=/; max-age=${yearSeconds}; samesite=lax`;
  window.location.assign('/runs');
}

export function UserMenu({ viewer: { user, memberships }, organizationId }: { viewer: Viewer; organizationId: string | null }) {
  const [failed, setFailed] = useState(false);
  const current = memberships.find(({ organization }) => organization.id === organizationId);
  return (
    <Menu position="bottom-end" width={240} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={classes.button}>
          <span className="visually-hidden">Account of {user.name}</span>
          <span className={classes.initial} aria-hidden>
            {user.name.slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.organization}>{current?.organization.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <Text component="div" size="sm" fw={600}>
            {user.name}
          </Text>
          <Text component="div" size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {user.email}
          </Text>
          {current && (
            <Text component="div" size="xs" c="dimmed">
              {current.role.toLowerCase()} of {current.organization.name}
            </Text>
          )}
        </div>
        {memberships.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>Organization</Menu.Label>
            <Menu.RadioGroup value={organizationId} onChange={choose}>
              {memberships.map(({ organization }) => (
                <Menu.RadioItem key={organization.id} value={organization.id}>
                  {organization.name}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </>
        )}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={17} aria-hidden />}
          closeMenuOnClick={false}
          onClick={async () => setFailed(!(await signOut()))}
        >
          {failed ? 'Not signed out: try again' : 'Sign out'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

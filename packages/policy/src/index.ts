export { actions, isRole, may, roles, type Action, type Role } from './policy.ts';

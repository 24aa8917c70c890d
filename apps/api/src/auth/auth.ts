import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { bearer, organization } from 'better-auth/plugins';
import type { PrismaClient } from '@espalier/database';
import type { Logger } from 'pino';
import { trustedOrigins } from './origins.ts';

export interface AuthOptions {
  readonly prisma: PrismaClient;
  readonly portalUrl: string;
  readonly secret: string;
  readonly log: Logger;
}

export type Auth = ReturnType<typeof createAuth>;

/** Sign-in by e-mail and password, as a cookie for browsers or a bearer token for scripts; served under `/api/auth`. */
export function createAuth({ prisma, portalUrl, secret, log }: AuthOptions) {
  return betterAuth({
    appName: 'Espalier',
    baseURL: new URL(portalUrl).origin,
    basePath: '/api/auth',
    secret,
    trustedOrigins: trustedOrigins(portalUrl),
    database: prismaAdapter(prisma, { provider: 'postgresql' }),
    // Accounts are made by bootstrap.ts, and later by invitation; nobody lets himself in.
    emailAndPassword: { enabled: true, disableSignUp: true },
    plugins: [organization({ allowUserToCreateOrganization: false }), bearer()],
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 300,
      customRules: { '/sign-in/email': { window: 60, max: 20 } },
    },
    advanced: {
      database: { generateId: 'uuid' },
      // Said aloud, since better-auth leaves these checks out where it believes to be under test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    telemetry: { enabled: false },
    // What it warns of are wrong passwords and foreign origins, which are answered and nobody's fault here.
    logger: { level: 'warn', log: (level, message) => log[level === 'error' ? 'error' : 'debug'](`sign-in: ${message}`) },
  });
}

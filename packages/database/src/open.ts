import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import { PrismaClient } from './generated/prisma/client.ts';

/** The two ways to the one database, over one pool of connections: Prisma for rows, SQL where a statement says it better. */
export interface Database {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly url: string;
  close(): Promise<void>;
}

/** Opens no connection yet: the first query does. */
export function openDatabase(url: string, { maximumConnections = 10 }: { maximumConnections?: number } = {}): Database {
  const pool = new Pool({ connectionString: url, max: maximumConnections, application_name: 'espalier' });
  // An idle connection that breaks (the server restarts) is taken out of the pool by pg; the next query opens another one.
  pool.on('error', () => undefined);
  // One that breaks while it is lent out, between two queries, has nobody else to tell: the next query on it is refused, which is enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    prisma,
    pool,
    url,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

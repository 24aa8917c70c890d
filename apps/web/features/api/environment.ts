// Server only.
import { z } from 'zod';

const EnvironmentSchema = z.object({
  /** How this server reaches the API. */
  ESPALIER_API_URL: z.url().default('http://127.0.0.1:4000'),
  /** Where browsers open WebSockets, when that is not the API's port on the page's own host. */
  ESPALIER_PUBLIC_WS_URL: z.url().optional(),
});

/** Read on every call: ports are chosen when the portal starts, long after it was built. */
export function environment() {
  const { ESPALIER_API_URL, ESPALIER_PUBLIC_WS_URL } = EnvironmentSchema.parse(process.env);
  return { apiUrl: ESPALIER_API_URL, publicWsUrl: ESPALIER_PUBLIC_WS_URL };
}

import { z } from 'zod';

/** The SHA-256 of a file's bytes, 64 lower-case hexadecimal digits: the only name an artifact has. */
export const DigestSchema = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 digest (64 lower-case hexadecimal digits)');
export type Digest = z.infer<typeof DigestSchema>;

/** What an artifact's bytes are. One list; a reader refuses what it does not know. */
export const artifactKinds = [
  'network',
  'checkpoint',
  'pruning-plan',
  'channel-statistics',
  'search',
  'channel-provenance',
  'report',
  'dataset-summary',
] as const;
export type ArtifactKind = (typeof artifactKinds)[number];

export const ArtifactRefSchema = z.object({
  digest: DigestSchema,
  bytes: z.number().int().nonnegative(),
  kind: z.enum(artifactKinds),
});
export type ArtifactRef = z.infer<typeof ArtifactRefSchema>;

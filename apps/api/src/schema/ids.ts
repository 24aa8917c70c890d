/** The types that have global ids. */
export const nodeTypes = ['User', 'Organization', 'Model', 'ModelVersion', 'Dataset', 'Run'] as const;
export type NodeType = (typeof nodeTypes)[number];

export interface GlobalId {
  readonly typename: NodeType;
  /** The row's uuid. */
  readonly id: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const isNodeType = (text: string): text is NodeType => (nodeTypes as readonly string[]).includes(text);

/** Opaque to clients; whoever supports them decodes it by `base64 -d`. */
export const encodeId = (typename: NodeType, id: string): string => Buffer.from(`${typename}:${id}`).toString('base64url');

/** Null for whatever `encodeId` never gave. */
export function decodeId(text: string): GlobalId | null {
  const [typename, id, ...rest] = Buffer.from(text, 'base64url').toString('utf8').split(':');
  if (typename === undefined || id === undefined || rest.length > 0 || !isNodeType(typename) || !uuid.test(id)) return null;
  return encodeId(typename, id) === text ? { typename, id } : null;
}

/** The row's uuid of an id that must be of the given type; null else. */
export function rowId(text: string, typename: NodeType): string | null {
  const decoded = decodeId(text);
  return decoded?.typename === typename ? decoded.id : null;
}

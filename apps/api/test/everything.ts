import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** What a selection asks for, as `Type.field`: to know in the end that nothing was left out. */
export type Asked = Set<string>;

/** Every leaf of a type, and of what hangs on it down to `levels`. Of what is a node of its own only the id. */
export function selectAll(type: GraphQLObjectType, levels: number, asked: Asked): string {
  const parts = Object.values(type.getFields()).flatMap((field) => selectField(type, field, levels, asked));
  return `__typename ${parts.join(' ')}`;
}

/** One field with everything below it, whether or not that leads to other nodes. */
export function selectField(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, levels: number, asked: Asked): string[] {
  if (field.args.some(isRequiredArgument)) return [];
  const target = getNamedType(field.type);
  if (isLeafType(target)) {
    asked.add(`${type.name}.${field.name}`);
    return [field.name];
  }
  if (levels === 0 || !isCompositeType(target)) return [];
  asked.add(`${type.name}.${field.name}`);
  if (!isObjectType(target)) return [`${field.name} { __typename }`];
  return [`${field.name} { ${selectAll(target, levels - 1, asked)} }`];
}

/** The types that `node(id:)` can give. */
export function nodeTypesOf(schema: GraphQLSchema): GraphQLObjectType[] {
  const node = schema.getType('Node');
  return isInterfaceType(node) ? [...schema.getPossibleTypes(node)] : [];
}

/** Every field of every object type that can be asked for without a root argument. */
export function allFields(schema: GraphQLSchema): Set<string> {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
  return new Set(
    types.flatMap((type) => (isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [])),
  );
}

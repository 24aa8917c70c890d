import type { GraphQLSchema } from 'graphql';
import { addDatasets } from '../modules/datasets/schema.ts';
import { addIdentity } from '../modules/identity/schema.ts';
import { addLineage } from '../modules/lineage/schema.ts';
import { addProvenance } from '../modules/provenance/schema.ts';
import { addCatalogues } from '../modules/registry/catalogues.ts';
import { addRegistry } from '../modules/registry/schema.ts';
import { addRunLists } from '../modules/runs/lists.ts';
import { addRunObjects } from '../modules/runs/objects.ts';
import { addRunOperations } from '../modules/runs/operations.ts';
import { addRuns } from '../modules/runs/schema.ts';
import { createBuilder } from './builder.ts';
import { addCommon } from './common.ts';
import { locateErrors } from './locate-errors.ts';
import { addScalars } from './scalars.ts';

/** The API's whole schema; `apps/api/schema.graphql` is the same in SDL, and what the portal is built against. */
export function buildApiSchema(): GraphQLSchema {
  const builder = createBuilder();
  builder.queryType({});
  builder.mutationType({});
  builder.subscriptionType({});
  addScalars(builder);
  addCommon(builder);
  addIdentity(builder);
  addRegistry(builder);
  addProvenance(builder);
  addCatalogues(builder);
  addDatasets(builder);
  const runs = addRuns(builder);
  addRunObjects(builder);
  addRunLists(builder, runs);
  addRunOperations(builder, runs);
  addLineage(builder);
  return locateErrors(builder.toSchema());
}

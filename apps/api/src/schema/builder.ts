import type {
  AveragePrecision,
  ClassificationMeasurement,
  DatasetSummary,
  DetectionMeasurement,
  LayerSummary,
  LayerWidth,
  Device,
  Progress,
  Latency,
  MetricPoint,
  WireError,
} from '@espalier/core';
import type { Line, LineageEdge, Series } from '@espalier/database';
import { getDatamodel, type default as PrismaTypes } from '@espalier/database/pothos';
import type { MethodDescription } from '@espalier/pruning/catalogue';
import type { ZooEntry } from '@espalier/zoo';
import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import type { Viewer } from '../auth/viewer.ts';
import type { Context } from './context.ts';
import type { Edge, Page, PageInfo } from './connection.ts';
import { decodeId, encodeId, type GlobalId, type NodeType } from './ids.ts';
import type { ListPage } from './list-page.ts';
import type {
  ChannelProvenanceShape,
  ChannelShape,
  ChannelSightingShape,
  DetectionResultShape,
  LayerProvenanceShape,
  LineageShape,
  MembershipShape,
  Payload,
  RunUpdateShape,
  TargetShape,
  UserErrorShape,
} from './shapes.ts';

/** The objects that are no rows: what of them a resolver is given. */
interface Objects {
  Viewer: Viewer;
  Membership: MembershipShape;
  Measurement: ClassificationMeasurement;
  DetectionMeasurement: DetectionMeasurement;
  DetectionResult: DetectionResultShape;
  AveragePrecision: AveragePrecision;
  ClassPrecision: DetectionMeasurement['classes'][number];
  Latency: Latency;
  Layer: LayerSummary;
  LayerWidth: LayerWidth;
  ChannelProvenance: ChannelProvenanceShape;
  LayerProvenance: LayerProvenanceShape;
  ChannelConnection: ListPage<ChannelShape>;
  ChannelEdge: ListPage<ChannelShape>['edges'][number];
  ChannelOrigin: ChannelShape;
  ChannelSighting: ChannelSightingShape;
  Problem: WireError;
  Progress: Progress;
  Device: Device;
  DatasetSplit: DatasetSummary['splits'][number];
  DatasetSample: DatasetSummary['samples'][number];
  TargetReached: TargetShape;
  MetricSeries: Series;
  MetricPoint: Series['points'][number];
  SeriesPoint: MetricPoint;
  LogLine: Line;
  ZooNetwork: ZooEntry;
  PruningMethod: MethodDescription;
  Lineage: LineageShape;
  LineageNode: LineageShape['nodes'][number];
  LineageEdge: LineageEdge;
  UserError: UserErrorShape;
  RegisterModelPayload: Payload;
  RegisterDatasetPayload: Payload;
  StartRunPayload: Payload;
  CancelRunPayload: Payload;
  RunUpdate: RunUpdateShape;
  PageInfo: PageInfo;
  RunConnection: Page;
  RunEdge: Edge;
  ModelConnection: Page;
  ModelEdge: Edge;
  DatasetConnection: Page;
  DatasetEdge: Edge;
}

interface Types {
  Context: Context;
  Objects: Objects;
  PrismaTypes: PrismaTypes;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
  };
  DefaultFieldNullability: false;
}

/** What cannot be decoded is the id of nothing, and answered like any other id that is not there. */
const nobody: GlobalId = { typename: 'User', id: '00000000-0000-0000-0000-000000000000' };

/** The builder to which each module adds its part, as functions called in one list (schema.ts): nothing is registered by being imported. */
export type Builder = ReturnType<typeof createBuilder>;

export function createBuilder() {
  return new SchemaBuilder<Types>({
    plugins: [RelayPlugin, PrismaPlugin],
    defaultFieldNullability: false,
    prisma: { client: (context) => context.services.database.prisma, dmmf: getDatamodel() },
    relay: {
      encodeGlobalID: (typename, id) => encodeId(typename as NodeType, String(id)),
      decodeGlobalID: (text) => decodeId(text) ?? nobody,
      nodeQueryOptions: { nullable: true },
    },
  });
}

import type { Role } from '@espalier/policy';
import type { Line, LineageEdge, RunResult } from '@espalier/database';
import type { DetectionMeasurement, MetricPoint } from '@espalier/core';
import type { ChannelProvenance, ChannelSighting } from '@espalier/network';
import type { NodeType } from './ids.ts';

/** What resolvers hand to each other for objects that are neither rows nor types of another package. */

export interface MembershipShape {
  readonly organizationId: string;
  readonly role: Role;
}

export interface DetectionResultShape {
  readonly before: DetectionMeasurement | null;
  readonly afterPruning: DetectionMeasurement | null;
  readonly after: DetectionMeasurement | null;
}

export type TargetShape = NonNullable<RunResult['target']>;

export interface ChannelProvenanceShape {
  readonly versionId: string;
  readonly digest: string;
  readonly provenance: ChannelProvenance;
}

export interface LayerProvenanceShape {
  readonly layer: string;
  readonly before: number;
  readonly after: number;
  readonly groups: readonly string[];
}

export interface ChannelShape {
  readonly layer: string;
  readonly channel: number;
  readonly filter: number;
  readonly group: string;
  readonly groupChannel: number;
  readonly sightings: readonly ChannelSightingShape[];
}

export interface ChannelSightingShape extends ChannelSighting {
  readonly clustering: Readonly<Record<string, unknown>> | null;
}

export interface LineageShape {
  readonly nodes: readonly {
    readonly typename: Extract<NodeType, 'ModelVersion' | 'Run' | 'Dataset'>;
    readonly id: string;
    readonly title: string;
    readonly subtitle: string;
    readonly status: string | null;
  }[];
  /** `from` and `to` are global ids. */
  readonly edges: readonly LineageEdge[];
  readonly truncated: boolean;
}

export interface UserErrorShape {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly path: readonly string[];
}

/** A mutation's answer: the row it made or changed, or why it did not. */
export interface Payload {
  readonly id: string | null;
  readonly userErrors: readonly UserErrorShape[];
}

export interface RunUpdateShape {
  readonly runId: string;
  /** Encoded. */
  readonly cursor: string;
  readonly points: readonly MetricPoint[];
  readonly lines: readonly Line[];
}

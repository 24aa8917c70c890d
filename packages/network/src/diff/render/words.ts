import type { Change, GroupDifference, LayerDifference, LayerStatus } from '../difference.ts';
import type { SettingChange } from '../settings.ts';

/** What the two networks are called. */
export interface Titles {
  readonly before: string;
  readonly after: string;
}

export const marks: Readonly<Record<LayerStatus, string>> = { same: ' ', changed: '~', added: '+', removed: '−' };

const named = ({ before, after }: Change<string>): string =>
  before === null || after === null || before === after ? (after ?? before ?? '') : `${before} → ${after}`;

/** The name, or both where they differ. */
export const layerName = ({ layer }: LayerDifference): string => named(layer);
export const groupName = (group: GroupDifference['group']): string => named(group);

export const settingText = ({ setting, before, after }: SettingChange): string => `${setting} ${value(before)} → ${value(after)}`;

/** Long lists (the channels of a selection, the shape of an embedding) are told by their length. */
function value(setting: unknown): string {
  if (setting === undefined || setting === null) return 'none';
  const text = JSON.stringify(setting);
  return Array.isArray(setting) && text.length > 24 ? `(${setting.length} values)` : text.replaceAll('"', '');
}

/** The quantity by which a layer's change is told: MACs where it has any, else parameters, else its width. */
export function decidingChange({ macs, parameters, width }: LayerDifference): Change<number> {
  const has = ({ before, after }: Change<number>): boolean => (before ?? 0) + (after ?? 0) > 0;
  return has(macs) ? macs : has(parameters) ? parameters : width;
}

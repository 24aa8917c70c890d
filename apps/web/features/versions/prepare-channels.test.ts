import { describe, expect, it } from 'vitest';
import { clusteringsOf, prepareChannels, type Channel } from './prepare-channels.ts';

const sighting = (round: number, score: number | null, cluster: number | null, clustering: unknown = null) => ({
  round,
  score,
  cluster,
  clustering,
});
const channel = (...sightings: Channel['sightings']): Channel => ({ channel: 2, filter: 5, sightings });

describe('the channels of a layer', () => {
  it('show what each round saw of them', () => {
    expect(prepareChannels([channel(sighting(1, 0.123456, 3), sighting(2, -1e-7, null))])).toEqual([
      { channel: 2, filter: 5, scores: '0.1235, \u22121.000e\u22127', clusters: '3, \u2013' },
    ]);
  });

  it('that no round looked at show a dash', () => {
    expect(prepareChannels([channel()])).toEqual([{ channel: 2, filter: 5, scores: '\u2013', clusters: '\u2013' }]);
  });

  it('say once how their clusters came about, by round where there are several', () => {
    const dbscan = { algorithm: 'dbscan', epsilon: 0.25, metric: 'cosine' };
    const one = channel(sighting(1, 1, 0, dbscan));
    expect(clusteringsOf([one, one])).toEqual(['dbscan (epsilon 0.2500, metric cosine)']);
    expect(clusteringsOf([channel(sighting(1, 1, 0, dbscan), sighting(2, 1, 0, { algorithm: 'k-means++' }))])).toEqual([
      'round 1: dbscan (epsilon 0.2500, metric cosine)',
      'round 2: k-means++',
    ]);
    expect(clusteringsOf([channel(sighting(1, 1, null))])).toEqual([]);
  });
});

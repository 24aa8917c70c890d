/** The first place that holds NaN or an infinity, or null. */
export function firstNotFinite(values: Float32Array): number | null {
  for (let place = 0; place < values.length; place++) if (!Number.isFinite(values[place])) return place;
  return null;
}

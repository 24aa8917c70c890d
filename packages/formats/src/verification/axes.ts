/** [height, width, channels]. */
type MapShape = readonly [number, number, number];

/** HWC to CHW; `shape` is [height, width, channels]. */
export function channelsFirst(values: Float32Array, [height, width, channels]: MapShape): Float32Array {
  const places = height * width;
  const moved = new Float32Array(values.length);
  for (let place = 0; place < places; place++)
    for (let channel = 0; channel < channels; channel++) moved[channel * places + place] = values[place * channels + channel]!;
  return moved;
}

/** CHW to HWC; `shape` is [height, width, channels]. */
export function channelsLast(values: Float32Array, [height, width, channels]: MapShape): Float32Array {
  const places = height * width;
  const moved = new Float32Array(values.length);
  for (let place = 0; place < places; place++)
    for (let channel = 0; channel < channels; channel++) moved[place * channels + channel] = values[channel * places + place]!;
  return moved;
}

import type { ConvolutionOptions, Stream, TopologyBuilder } from '../builder.ts';

/** Convolution, batch normalisation, ReLU: the unit of nearly every architecture since 2015. */
export function convBnRelu(net: TopologyBuilder, input: Stream, name: string, filters: number, options: ConvolutionOptions = {}): Stream {
  return net.relu(convBn(net, input, name, filters, options), `${name}_relu`);
}

export function convBn(net: TopologyBuilder, input: Stream, name: string, filters: number, options: ConvolutionOptions = {}): Stream {
  return net.batchNormalisation(net.conv(input, `${name}_conv`, filters, options), `${name}_bn`);
}

/** The other way round (He et al. 2016, "Identity mappings"): normalised and rectified before the convolution. */
export function bnReluConv(net: TopologyBuilder, input: Stream, name: string, filters: number, options: ConvolutionOptions = {}): Stream {
  return net.conv(net.relu(net.batchNormalisation(input, `${name}_bn`), `${name}_relu`), `${name}_conv`, filters, options);
}

/** Prints the digest of the network in a file, as its canonical zip has it: `node --import tsx digest.ts <file>`. */
import process from 'node:process';
import { digestOf } from '@espalier/core/node';
import { encodeNetwork, readNetworkFile } from '../src/index.ts';

const { network } = await readNetworkFile(process.argv[2]!);
process.stdout.write(digestOf(encodeNetwork(network)));

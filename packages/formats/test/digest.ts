/**
 * Reads the network in a file, writes it to another of the same format, and prints the digest of its canonical zip:
 * `node --import tsx digest.ts <file> <copy>`.
 */
import process from 'node:process';
import { digestOf } from '@espalier/core/node';
import { encodeNetwork, readNetworkFile, writeNetworkFile } from '../src/index.ts';

const [, , file, copy] = process.argv;
const { network, format } = await readNetworkFile(file!);
await writeNetworkFile(copy!, network, { format });
process.stdout.write(digestOf(encodeNetwork(network)));

import type { FileFormat, FolderFormat, NetworkFormat } from './format.ts';
import { kerasArchive } from './keras/archive/format.ts';
import { kerasH5 } from './keras/h5/format.ts';
import { tfjsFolder } from './layers-model/folder.ts';
import { tfjsZip } from './layers-model/zip.ts';
import { onnx } from './onnx/format.ts';

/** Every format that holds a network in one file. */
export const fileFormats: readonly FileFormat[] = [tfjsZip, kerasH5, kerasArchive, onnx];
/** The format of a path that names no file of another one. */
export const folderFormat: FolderFormat = tfjsFolder;

/** Every format in and out. */
export const formats: readonly NetworkFormat[] = [folderFormat, ...fileFormats];

import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { listFolder } from '../listing.ts';

/** Pictures by the class that their folder gives them; files relative to the dataset's folder, with slashes. */
export interface PicturesOfClass {
  readonly name: string;
  readonly files: readonly string[];
}

/** Endings of what must be a picture. A file without an ending must be one as well. */
const pictureEnding = /^(\.(jpe?g|jpe|jfif|png|webp|gif))?$/i;
/** Endings of pictures that are not taken: passing over them would quietly make a dataset smaller. */
const otherPictureEnding = /^\.(bmp|tiff?|ppm|pgm|pnm|heic|heif|avif|jxl|jp2|svg|raw|dng|cr2|nef|psd)$/i;
const deepest = 8;

/**
 * The class folders below `split`, sorted by name. All pictures of a class folder and of the folders in it belong to that class. Files that are no
 * pictures by their ending (text, tables, archives) are passed over.
 * @throws EspalierError `BAD_DATASET` for a class folder without pictures, pictures beside the class folders, pictures in a format that is not taken.
 */
export async function listClasses(root: string, split: string): Promise<PicturesOfClass[]> {
  const { folders, files } = await listFolder(root, split);
  const loose = files.find((file) => path.extname(file) !== '' && isPicture(path.posix.join(split, file)));
  if (loose !== undefined) {
    throw new EspalierError(
      'BAD_DATASET',
      `${path.posix.join(split, loose)} is a picture beside the class folders, so its class is not known`,
      {
        hint: 'Put every picture into the folder of its class.',
        path: ['dataset', path.posix.join(split, loose)],
      },
    );
  }
  const classes: PicturesOfClass[] = [];
  for (const name of folders) {
    const folder = path.posix.join(split, name);
    const pictures = await listPictures(root, folder);
    if (pictures.length === 0) {
      throw new EspalierError('BAD_DATASET', `the class folder ${folder} holds no picture`, {
        hint: 'Fill it or remove it: an empty class cannot be learnt.',
        path: ['dataset', folder],
      });
    }
    classes.push({ name, files: pictures });
  }
  return classes;
}

/** Every picture in `folder` and in the folders in it, relative to `root`, sorted. */
export async function listPictures(root: string, folder: string, depth = 0): Promise<string[]> {
  if (depth > deepest) {
    throw new EspalierError('BAD_DATASET', `${folder} lies more than ${deepest} folders deep`, {
      hint: 'Look for a link that leads back to a folder around it.',
      path: ['dataset', folder],
    });
  }
  const { folders, files } = await listFolder(root, folder);
  const pictures = [files.map((file) => path.posix.join(folder, file)).filter(isPicture)];
  for (const inner of folders) pictures.push(await listPictures(root, path.posix.join(folder, inner), depth + 1));
  return pictures.flat().sort();
}

function isPicture(file: string): boolean {
  const ending = path.extname(file);
  if (!otherPictureEnding.test(ending)) return pictureEnding.test(ending);
  throw new EspalierError('BAD_DATASET', `${file} is a picture in a format that is not taken`, {
    hint: 'Convert it to JPEG, PNG, WebP or GIF.',
    path: ['dataset', file],
  });
}

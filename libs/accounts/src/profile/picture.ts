import { imageSize } from 'image-size';
import { AppError } from '@sotto/kernel';
import { AVATAR_TYPES, MAX_AVATAR_SIDE } from '@sotto/protocol';
import { cleanJpeg } from './picture.jpeg.js';
import { cleanPng } from './picture.png.js';
import { cleanWebp } from './picture.webp.js';

export type PictureType = (typeof AVATAR_TYPES)[number];

/** A picture with nothing in it but what shows it. */
export interface Picture {
  type: PictureType;
  bytes: Buffer;
}

/** How a file of each type begins, and how it is put together anew. */
const FORMATS: Record<PictureType, { name: string; clean(bytes: Buffer): Buffer | null }> = {
  'image/png': { name: 'png', clean: cleanPng },
  'image/jpeg': { name: 'jpg', clean: cleanJpeg },
  'image/webp': { name: 'webp', clean: cleanWebp },
};

const refused = (why: string) => new AppError('file.refused', why);

/**
 * The picture in an upload, of the type it says it is. Everything but the pixels is left behind: where it was taken and with
 * what, texts, thumbnails, further pictures, and whatever was put behind its end. Throws `file.refused`.
 */
export function pictureOf(contentType: string | undefined, upload: Buffer): Picture {
  const type = AVATAR_TYPES.find((known) => known === contentType);
  if (!type) throw refused('Send a PNG, JPEG or WebP picture, with its type as Content-Type.');
  const format = FORMATS[type];
  const bytes = format.clean(upload);
  if (!bytes) throw refused('This is no picture of the type it says, or it is damaged or moves.');
  const side = sidesOf(format.name, bytes);
  if (!side || side.width < 1 || side.height < 1) throw refused('The picture has no size.');
  if (Math.max(side.width, side.height) > MAX_AVATAR_SIDE) throw refused(`The picture may be ${MAX_AVATAR_SIDE} pixels a side at most.`);
  return { type, bytes };
}

function sidesOf(name: string, bytes: Buffer): { width: number; height: number } | null {
  try {
    const { width, height, type } = imageSize(bytes);
    return type === name ? { width, height } : null;
  } catch {
    return null;
  }
}

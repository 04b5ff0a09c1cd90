import { deflateSync } from 'node:zlib';

/** What must not be left in a picture: where it was taken, and a page hidden in it. */
export const PLACE = 'GPS 46.0569 N 14.5058 E';
export const PAGE = '<script>fetch("//evil.test")</script>';
const hidden = Buffer.from(`${PLACE} ${PAGE}`, 'latin1');

const pngChunk = (type: string, data: Buffer) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4, 'latin1');
  // The checksum is not looked at here, nor by what is tested.
  return Buffer.concat([head, data, Buffer.alloc(4)]);
};

/** A grey PNG with texts, EXIF and a page behind its end. */
export function png(width = 8, height = 8): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('tEXt', hidden),
    pngChunk('eXIf', hidden),
    pngChunk('IDAT', deflateSync(Buffer.alloc((width + 1) * height))),
    pngChunk('IEND', Buffer.alloc(0)),
    hidden,
  ]);
}

const jpegSegment = (marker: number, data: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};

/** A JPEG with EXIF, a comment, two scans and a page behind its end. */
export function jpeg(width = 8, height = 8): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  const scan = (pixels: number[]) => Buffer.concat([jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.from(pixels)]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), hidden])),
    jpegSegment(0xfe, hidden),
    jpegSegment(0xdb, Buffer.alloc(65, 1)),
    jpegSegment(0xc2, frame),
    jpegSegment(0xc4, Buffer.alloc(17)),
    scan([1, 0xff, 0x00, 2, 0xff, 0xd3, 3]),
    jpegSegment(0xc4, Buffer.alloc(17)),
    scan([4, 5]),
    Buffer.from([0xff, 0xd9]),
    hidden,
  ]);
}

const webpChunk = (type: string, data: Buffer) => {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};

/** Chunks in a WebP, a page behind its end. */
export function webpOf(chunks: [type: string, data: Buffer][]): Buffer {
  const body = Buffer.concat(chunks.map(([type, data]) => webpChunk(type, data)));
  const head = Buffer.from('RIFF    WEBP', 'latin1');
  head.writeUInt32LE(4 + body.length, 4);
  return Buffer.concat([head, body, hidden]);
}

/** A WebP with EXIF and XMP. */
export function webp(width = 8, height = 8): Buffer {
  const extended = Buffer.alloc(10);
  extended[0] = 0x08 | 0x04 | 0x10;
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  const lossless = Buffer.alloc(5);
  lossless[0] = 0x2f;
  lossless.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  return webpOf([
    ['VP8X', extended],
    ['VP8L', lossless],
    ['EXIF', hidden],
    ['XMP ', hidden],
  ]);
}

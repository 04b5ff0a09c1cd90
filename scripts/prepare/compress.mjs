/** Writes a Brotli copy beside every file a browser loads, so that the server sends it without work. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const TEXT = /\.(js|css|svg|json)$/;

export function compressFiles(folder) {
  for (const name of readdirSync(folder).filter((file) => TEXT.test(file))) {
    const file = path.join(folder, name);
    writeFileSync(
      `${file}.br`,
      brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    );
  }
}

import type { Request } from 'express';
import { AppError } from '@sotto/kernel';

/**
 * The body of a request that is no JSON, as it is. Read where it is wanted, so that nobody's bytes are taken before the guard
 * has let them in. Throws `payload.too-large`.
 */
export async function bytesOf(request: Request, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The connection stays open for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      request.resume();
      throw new AppError('payload.too-large');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

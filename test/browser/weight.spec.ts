import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Desk } from './widget-site.js';

jest.setTimeout(120_000);

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.start();
});
afterAll(() => desk.stop());

/** What goes over the wire for a browser that takes Brotli, in bytes of body. */
function transfer(path: string): Promise<{ status: number; encoding: string | undefined; bytes: number; cache: string | undefined }> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${desk.url}${path}`, { headers: { 'accept-encoding': 'gzip, deflate, br' } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          encoding: response.headers['content-encoding'],
          bytes,
          cache: response.headers['cache-control'],
        }),
      );
    });
    call.on('error', reject).end();
  });
}

describe('what a visitor pays', () => {
  it('is one request of 1.5 KB before the click', async () => {
    const loader = await transfer(`/widget/v1/loader.js?inbox=${desk.inbox.key}`);
    expect(loader).toMatchObject({ status: 200, encoding: 'br' });
    expect(loader.bytes).toBeLessThanOrEqual(1_500);
  });

  it('is 25 KB in three requests for the open chat, in every language, as the server sends it', async () => {
    for (const language of ['en', 'de', 'sl', 'zh', 'ar']) {
      const frame = await transfer(`/widget/v1/frame?inbox=${desk.inbox.key}&language=${language}`);
      const html = await (await fetch(`${desk.url}/widget/v1/frame?inbox=${desk.inbox.key}&language=${language}`)).text();
      const linked = [...html.matchAll(/(?:src|href)="(\/widget\/v1\/assets\/[^"]+)"/gu)].map((match) => match[1] as string);
      const script = linked.find((file) => file.endsWith('.js')) as string;
      const source = await (await fetch(`${desk.url}${script}`)).text();
      const texts = [...source.matchAll(new RegExp(`${language}-[\\w-]+\\.js`, 'gu'))].map((match) => `/widget/v1/assets/${match[0]}`);
      const assets = await Promise.all([...new Set([...linked, ...texts])].map(transfer));
      for (const asset of assets) expect(asset).toMatchObject({ status: 200, encoding: 'br', cache: expect.stringContaining('immutable') });
      expect(assets.length + 1).toBeLessThanOrEqual(3);
      // The frame carries the policy, which is the owner's text and counts apart.
      const settings = /<script type="application\/json"[^>]*>(.*?)<\/script>/su.exec(html)?.[1]?.length ?? 0;
      expect(settings).toBeGreaterThan(0);
      expect(assets.reduce((sum, asset) => sum + asset.bytes, 0) + Math.max(0, frame.bytes - settings)).toBeLessThanOrEqual(25_000);
    }
  });
});

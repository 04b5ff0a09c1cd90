import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { MAX_AVATAR_BYTES, type Me, type MemberView } from '@sotto/protocol';
import { aColleague } from '../support/colleagues.js';
import { aDesk, type Desk } from '../support/desk.js';
import { Caller, type Member } from '../support/people.js';
import { PAGE, PLACE, jpeg, png, webp, webpOf } from '../support/pictures.js';
import { isRefused as refused, outcome } from '../support/refusals.js';
import { UNLIMITED } from '../support/scene.js';

let desk: Desk;
let member: Member;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  ({ member } = await aColleague(desk, 'Ada'));
});
afterAll(() => desk.close());

const put = (bytes: Buffer, type: string | undefined, by: Caller = member): Promise<Response> => {
  const call = request(desk.url).put('/api/v1/me/avatar').set(by.headers);
  // Whatever the bytes are, they go as they are.
  return Promise.resolve((type === undefined ? call : call.type(type)).serialize((body) => body as string).send(bytes));
};
const fetched = (path: string, by: Caller = member): Promise<Response> =>
  Promise.resolve(request(desk.url).get(path).set(by.headers).buffer(true).parse(toBuffer));
const toBuffer = (answer: Response, done: (error: Error | null, body: Buffer) => void) => {
  const chunks: Buffer[] = [];
  const stream = answer as unknown as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
};
const addressOf = (answer: Response) => `/api/v1${(answer.body as MemberView).avatar ?? ''}`;
const ofMember = () => `/api/v1/members/${member.id}/avatar`;

describe('a picture', () => {
  it.each([
    ['image/png', 'png', png()],
    ['image/jpeg', 'jpg', jpeg()],
    ['image/webp', 'webp', webp()],
  ])('as %s is shown as it is, without what does not show', async (type, ending, bytes) => {
    const answer = await put(bytes, type);
    expect(answer.status).toBe(200);
    const shown = await fetched(addressOf(answer));
    const body = shown.body as Buffer;
    expect(shown.status).toBe(200);
    expect(shown.headers).toMatchObject({
      'content-type': type,
      'content-length': String(body.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'content-disposition': `inline; filename="picture.${ending}"`,
      'cache-control': 'private, max-age=86400',
    });
    expect(bytes.toString('latin1')).toContain(PLACE);
    expect(body.length).toBeGreaterThan(20);
    for (const secret of [PLACE, PAGE, 'Exif', 'tEXt', 'XMP']) expect(body.includes(secret)).toBe(false);
    // What is left is a picture still, and nothing more comes off.
    const again = await put(body, type);
    expect((await fetched(addressOf(again))).body).toEqual(body);
  });

  it('has another address whenever it changes; no other address is kept', async () => {
    const [one, two] = [addressOf(await put(png(), 'image/png')), addressOf(await put(png(), 'image/png'))];
    expect(one).not.toBe(two);
    for (const path of [one, ofMember()]) expect((await fetched(path)).headers['cache-control']).toBe('no-store');
    expect((await fetched(two)).headers['cache-control']).toContain('private');
    expect(outcome(await member.get(`${ofMember()}?v=../../x`))).toBe('400 input.invalid');
  });

  it('lies sealed in the database', async () => {
    await put(png(), 'image/png');
    const [row] = await desk.sql<{ bytes: Uint8Array }>('select bytes_sealed as bytes from avatar where member_id = $1', [member.id]);
    const stored = Buffer.from(row?.bytes ?? []);
    for (const part of ['PNG', 'IHDR', png().subarray(0, 32).toString('base64').slice(0, 16)]) expect(stored.includes(part)).toBe(false);
  });

  it('is for colleagues, and goes when its owner wants it gone', async () => {
    const address = addressOf(await put(png(), 'image/png'));
    expect((await fetched(address, desk.owner)).status).toBe(200);
    expect(((await member.get('/api/v1/me')).body as Me).member.avatar).toBe(address.replace('/api/v1', ''));
    const { owner: stranger } = await desk.makeAccount('Other', 'owner@other.test');
    expect(outcome(await stranger.get(address))).toBe('404 not-found');
    expect(outcome(await (await desk.visitor()).get(address))).toBe('403 permission.denied');
    expect(outcome(await new Caller(desk.url, {}).get(address))).toBe('401 auth.required');
    const removed = await member.delete('/api/v1/me/avatar');
    expect([removed.status, (removed.body as MemberView).avatar]).toEqual([200, null]);
    expect(outcome(await member.get(address))).toBe('404 not-found');
    expect(await desk.sql('select 1 from avatar where member_id = $1', [member.id])).toEqual([]);
  });
});

describe('an upload', () => {
  const isRefused = (call: () => Promise<Response>, expected: string) => refused(desk, call, expected);
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>`);
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  const moving = webpOf([
    ['VP8X', Buffer.from([0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['ANIM', Buffer.alloc(6)],
    ['ANMF', Buffer.alloc(24)],
  ]);
  const pngSignature = png().subarray(0, 8);

  it.each([
    ['an SVG', svg, 'image/svg+xml'],
    ['an SVG that says it is a PNG', svg, 'image/png'],
    ['a GIF', gif, 'image/gif'],
    ['a GIF that says it is a WebP', gif, 'image/webp'],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'text/html'],
    ['a page that says it is a JPEG', Buffer.from('<!doctype html><script>alert(1)</script>'), 'image/jpeg'],
    ['a page behind the first bytes of a PNG', Buffer.concat([pngSignature, Buffer.from(PAGE)]), 'image/png'],
    ['a page behind the first bytes of a JPEG', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(PAGE)]), 'image/jpeg'],
    ['a page in a WebP’s frame', webpOf([['PAGE', Buffer.from(PAGE)]]), 'image/webp'],
    ['a PNG that says it is a JPEG', png(), 'image/jpeg'],
    ['a JPEG that says it is a PNG', jpeg(), 'image/png'],
    ['a WebP that says it is a PNG', webp(), 'image/png'],
    ['a PNG of no type', png(), 'application/octet-stream'],
    ['a PNG without a type', png(), undefined],
    ['a PNG with more than a type', png(), 'image/png; charset=utf-8'],
    ['a moving WebP', moving, 'image/webp'],
    ['nothing', Buffer.alloc(0), 'image/png'],
    ['half a PNG', png().subarray(0, 60), 'image/png'],
    ['half a JPEG', jpeg().subarray(0, 200), 'image/jpeg'],
    ['half a WebP', webp().subarray(0, 30), 'image/webp'],
    ['a PNG too wide', png(1_025, 1), 'image/png'],
    ['a PNG too high', png(1, 1_025), 'image/png'],
    ['a PNG without width', png(0, 1), 'image/png'],
    ['a JPEG too high', jpeg(1, 65_000), 'image/jpeg'],
    ['a WebP too wide', webp(1_025, 1), 'image/webp'],
  ])('of %s is refused', async (_, bytes, type) => {
    await isRefused(() => put(bytes, type), '422 file.refused');
  });

  it('as JSON is refused', async () => {
    await isRefused(() => member.put('/api/v1/me/avatar', { bytes: 'x' }), '422 file.refused');
  });

  it('may be as large as is said and no larger, also without a length', async () => {
    const padded = (size: number) => Buffer.concat([png(), Buffer.alloc(size - png().length)]);
    expect((await put(padded(MAX_AVATAR_BYTES), 'image/png')).status).toBe(200);
    await isRefused(() => put(padded(MAX_AVATAR_BYTES + 1), 'image/png'), '413 payload.too-large');
    const chunked = await fetch(`${desk.url}/api/v1/me/avatar`, {
      method: 'PUT',
      headers: { ...member.headers, 'content-type': 'image/png' },
      body: new Blob([padded(MAX_AVATAR_BYTES * 2)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect([chunked.status, (await chunked.json()) as object]).toEqual([413, expect.objectContaining({ code: 'payload.too-large' })]);
  });

  it('is taken from members only, and from their own pages', async () => {
    await isRefused(() => put(png(), 'image/png', new Caller(desk.url, {})), '401 auth.required');
    const foreign = new Caller(desk.url, { ...member.headers, origin: 'https://evil.test' });
    await isRefused(() => put(png(), 'image/png', foreign), '403 origin.refused');
    const visitor = await desk.visitor();
    await isRefused(() => put(png(), 'image/png', visitor), '403 permission.denied');
  });

  it('never fails in another way, whatever is broken in it', async () => {
    const answers = new Set<string>();
    for (const [type, whole] of [
      ['image/png', png()],
      ['image/jpeg', jpeg()],
      ['image/webp', webp()],
    ] as const)
      for (let at = 0; at < whole.length; at += 5) {
        const broken = Buffer.from(whole);
        broken[at] = (broken[at] ?? 0) ^ 0xff;
        answers.add(outcome(await put(broken, type)));
      }
    expect([...answers].sort()).toEqual(['200', '422 file.refused']);
  });
});

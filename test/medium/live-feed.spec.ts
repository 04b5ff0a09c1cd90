import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { InProcessLiveFeed, RedisLiveFeed, connectRedis, type Hint, type LiveFeed, type RedisClient } from '@sotto/platform';
import { startRedis, type PrivateRedis } from '../support/index.js';

const hint = (accountId: string, seq: number): Hint => ({ type: 'event', accountId, conversationId: 'c', seq });

async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !condition(); attempt += 1) await new Promise((resolve) => setTimeout(resolve, 25));
  if (!condition()) throw new Error('It did not come about within 5 s');
}

function listen(feed: LiveFeed): { hint: Hint; local: unknown }[] {
  const heard: { hint: Hint; local: unknown }[] = [];
  feed.subscribe((received, local) => heard.push({ hint: received, local }));
  return heard;
}

describe('the in-process feed', () => {
  it('hands a hint and what the publisher had in hand to every listener', () => {
    const feed = new InProcessLiveFeed();
    const [one, two] = [listen(feed), listen(feed)];
    feed.publish(hint('a', 1), 'the event');
    expect(one).toEqual([{ hint: hint('a', 1), local: 'the event' }]);
    expect(two).toEqual(one);
  });
});

describe('the Redis feed', () => {
  let redis: PrivateRedis;
  const clients: RedisClient[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });
  afterAll(() => redis.stop());

  async function aNode(): Promise<LiveFeed> {
    const pair = [await connectRedis(redis.url, 'test'), await connectRedis(redis.url, 'test')] as const;
    clients.push(...pair);
    const feed = new RedisLiveFeed(...pair);
    await feed.start();
    return feed;
  }

  it('carries hints of watched accounts to other nodes, without what the publisher had in hand', async () => {
    const [here, there] = [await aNode(), await aNode()];
    const [near, far] = [listen(here), listen(there)];
    there.watch('a');
    await until(() => {
      here.publish(hint('a', 1), 'the event');
      here.publish(hint('b', 1), 'of an account nobody watches there');
      return far.length > 0;
    });
    expect(near[0]).toEqual({ hint: hint('a', 1), local: 'the event' });
    expect(far[0]).toEqual({ hint: hint('a', 1), local: undefined });
    expect(far.every(({ hint: received }) => received.accountId === 'a')).toBe(true);
  });

  it('gives the publisher its own hint once', async () => {
    const node = await aNode();
    const heard = listen(node);
    node.watch('a');
    await new Promise((resolve) => setTimeout(resolve, 100));
    node.publish(hint('a', 1));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(heard).toHaveLength(1);
  });

  it('hears nothing of an account after the last watcher left', async () => {
    const [here, there] = [await aNode(), await aNode()];
    const far = listen(there);
    there.watch('a');
    there.watch('a');
    there.unwatch('a');
    await until(() => {
      here.publish(hint('a', 1));
      return far.length > 0;
    });
    there.unwatch('a');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = far.length;
    here.publish(hint('a', 2));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(far).toHaveLength(before);
  });

  it('keeps nothing in Redis', async () => {
    const node = await aNode();
    node.watch('a');
    node.publish(hint('a', 1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [client] = clients;
    expect(await client?.keys('*')).toEqual([]);
  });

  it('publishes on without Redis, and says that hints were lost when it is back', async () => {
    const [here, there] = [await aNode(), await aNode()];
    const [near, far] = [listen(here), listen(there)];
    let gaps = 0;
    there.onGap(() => (gaps += 1));
    there.watch('a');
    await redis.kill9();
    await until(() => !here.isReady() && !there.isReady());
    here.publish(hint('a', 1));
    expect(near).toHaveLength(1);
    // Asked for while Redis is away.
    there.watch('b');
    await redis.start();
    await until(() => here.isReady() && there.isReady() && gaps > 0);
    await until(() => {
      here.publish(hint('b', 1));
      return far.some(({ hint: received }) => received.accountId === 'b');
    });
  });
});

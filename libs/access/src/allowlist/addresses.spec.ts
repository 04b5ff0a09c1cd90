import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '@sotto/kernel';
import { isInside, parseRange } from './addresses.js';
import { RANGES, REFUSED } from './addresses.vectors.js';

const listed = (list: string) => list.split(' ');
const whyRefused = (range: string): string => {
  try {
    return `taken as ${parseRange(range).canonical}`;
  } catch (error) {
    return error instanceof AppError && error.code === 'input.invalid' ? error.message : `threw ${String(error)}`;
  }
};

describe('A range', () => {
  it.each(RANGES)('$range holds what it says', ({ range, cidrs, inside, outside }) => {
    const parsed = parseRange(range);
    expect(parsed.cidrs).toEqual(listed(cidrs));
    const answers = (addresses: string) => listed(addresses).map((address) => `${address} ${isInside(address, parsed.cidrs)}`);
    expect(answers(inside)).toEqual(listed(inside).map((address) => `${address} true`));
    expect(answers(outside)).toEqual(listed(outside).map((address) => `${address} false`));
  });

  it.each(REFUSED)('%p is refused', (range, why) => {
    expect(whyRefused(range)).toContain(why);
  });

  it('has one spelling, which means the same', () => {
    for (const { range } of RANGES) {
      const { canonical, cidrs } = parseRange(range);
      expect(parseRange(canonical)).toEqual({ canonical, cidrs });
    }
    const spelled = (range: string) => parseRange(range).canonical;
    expect(spelled(' 2001:DB8:0::A ')).toBe('2001:db8::a');
    expect(spelled('192.0.2.1/32')).toBe('192.0.2.1');
    expect(spelled('::ffff:10.0.0.0/104')).toBe('10.0.0.0/8');
    expect(spelled(' 10.0.0.5  -  ::ffff:10.0.0.20 ')).toBe('10.0.0.5-10.0.0.20');
    expect(spelled('10.1.*.*')).toBe('10.1.*.*');
  });

  it('is tried with more than 300 pairs and refusals', () => {
    const pairs = RANGES.flatMap(({ inside, outside }) => [...listed(inside), ...listed(outside)]);
    expect(pairs.length + REFUSED.length).toBeGreaterThan(300);
  });

  it('without networks holds nothing', () => {
    expect([isInside('10.0.0.1', []), isInside('::1', []), isInside('', ['0.0.0.0/0', '::/0'])]).toEqual([false, false, false]);
  });
});

/** Numbers and text of addresses, made here apart from the product. */
const families = {
  4: { bits: 32, write: (value: bigint) => [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.') },
  6: {
    bits: 128,
    write: (value: bigint) =>
      Array.from({ length: 8 }, (_, group) => ((value >> BigInt(112 - 16 * group)) & 0xffffn).toString(16)).join(':'),
  },
} as const;
type Family = (typeof families)[4 | 6];

const isMapped = (value: bigint, { bits }: Family) => bits === 128 && value >> 32n === 0xffffn;

function read(text: string, { bits }: Family): bigint {
  if (bits === 32) return text.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const [front = '', back] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const zeros = back === undefined ? 0 : 8 - groups(front).length - groups(back).length;
  return [...groups(front), ...Array.from({ length: zeros }, () => '0'), ...groups(back ?? '')].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

const endsIn = ({ bits }: Family) => {
  const top = (1n << BigInt(bits)) - 1n;
  const anywhere = fc.bigInt({ min: 0n, max: top });
  const near = fc.tuple(fc.constantFrom(0n, top, 1n << BigInt(bits - 1), 1n << 16n, 0xffn), fc.bigInt({ min: -70n, max: 70n }));
  const value = fc.oneof(
    anywhere,
    near.map(([at, away]) => (at + away < 0n ? 0n : at + away > top ? top : at + away)),
  );
  const close = fc
    .tuple(value, fc.bigInt({ min: 0n, max: 5_000n }))
    .map(([from, length]) => [from, from + length > top ? top : from + length] as const);
  return fc.oneof(
    fc.tuple(value, value).map(([a, b]) => (a < b ? ([a, b] as const) : ([b, a] as const))),
    close,
  );
};

describe.each([4, 6] as const)('Any range of IPv%s', (version) => {
  const family = families[version];
  const parsed = ([first, last]: readonly [bigint, bigint]) => parseRange(`${family.write(first)}-${family.write(last)}`).cidrs;
  const spans = (cidrs: string[]) =>
    cidrs.map((cidr) => {
      const [address = '', prefix = ''] = cidr.split('/');
      const first = read(address, family);
      return { first, size: 1n << BigInt(family.bits - Number(prefix)) };
    });
  const ends = endsIn(family).filter(([first, last]) => !isMapped(first, family) && !isMapped(last, family));

  it('becomes networks that hold exactly the numbers between its ends', () => {
    fc.assert(
      fc.property(ends, (range) => {
        const [first, last] = range;
        const found = spans(parsed(range));
        const starts = found.reduce((ends, { size }) => [...ends, (ends.at(-1) as bigint) + size], [first]);
        expect([...found.map((span) => span.first), last + 1n]).toEqual(starts);
        expect(found.filter((span) => span.first % span.size !== 0n)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('becomes as few networks as can be', () => {
    fc.assert(
      fc.property(ends, (range) => {
        const found = spans(parsed(range));
        const mergeable = found.filter(({ first, size }, place) => found[place + 1]?.size === size && first % (size * 2n) === 0n);
        expect(mergeable).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('holds its ends and not their neighbours', () => {
    const top = (1n << BigInt(family.bits)) - 1n;
    fc.assert(
      fc.property(ends, fc.bigInt({ min: 0n, max: top }), (range, somewhere) => {
        const [first, last] = range;
        const cidrs = parsed(range);
        const tried = [first - 1n, first, first + 1n, last - 1n, last, last + 1n, somewhere].filter(
          (value) => value >= 0n && value <= top && !isMapped(value, family),
        );
        const inside = tried.filter((value) => isInside(family.write(value), cidrs));
        expect(inside).toEqual(tried.filter((value) => value >= first && value <= last));
      }),
      { numRuns: 150 },
    );
  });
});

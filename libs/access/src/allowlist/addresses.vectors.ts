/** A range, the networks it comes to, and addresses in it and not in it. Lists are separated by spaces. */
export interface RangeVectors {
  range: string;
  cidrs: string;
  inside: string;
  outside: string;
}

/** Forms that are no address: in no range, whatever they would be elsewhere. */
const ODD =
  '167772161 10.1 10.0.1 012.0.0.1 010.0.0.1 0xa.0.0.1 0x0a000001 10.0.0.1:80 10.0.0.1/32 [::1] ::ffff:012.0.0.1 fe80::1%eth0 10.0.0.1%eth0 localhost unknown -';

export const RANGES: readonly RangeVectors[] = [
  // One address.
  {
    range: '10.0.0.1',
    cidrs: '10.0.0.1/32',
    inside: '10.0.0.1 ::ffff:10.0.0.1 ::ffff:a00:1 ::FFFF:0A00:0001 0:0:0:0:0:ffff:10.0.0.1',
    outside: `10.0.0.0 10.0.0.2 1.0.0.10 ::10.0.0.1 ::a00:1 64:ff9b::10.0.0.1 ::ffff:0:10.0.0.1 2002:a00:1:: ${ODD}`,
  },
  { range: '255.255.255.255', cidrs: '255.255.255.255/32', inside: '255.255.255.255', outside: '255.255.255.254 0.0.0.0 ::ffff:0:ffff' },
  { range: '0.0.0.0', cidrs: '0.0.0.0/32', inside: '0.0.0.0 ::ffff:0.0.0.0', outside: '0.0.0.1 255.255.255.255 :: ::0.0.0.0' },
  {
    range: '2001:db8::1',
    cidrs: '2001:db8::1/128',
    inside: '2001:db8::1 2001:DB8::1 2001:0db8:0:0:0:0:0:1 2001:db8:0000::0001 2001:db8::0.0.0.1',
    outside: '2001:db8:: 2001:db8::2 2001:db8::1:1 2001:db9::1 ::1 2001:db8::1%eth0 [2001:db8::1] 2001:db8::1/128 32.1.13.184',
  },
  {
    range: '::1',
    cidrs: '::1/128',
    inside: '::1 0:0:0:0:0:0:0:1 ::0.0.0.1',
    outside: ':: ::2 127.0.0.1 ::ffff:127.0.0.1 0.0.0.1 1 localhost',
  },
  { range: '::ffff:192.0.2.1', cidrs: '192.0.2.1/32', inside: '192.0.2.1 ::ffff:192.0.2.1', outside: '192.0.2.0 192.0.2.2 ::192.0.2.1' },
  { range: '::192.0.2.1', cidrs: '::c000:201/128', inside: '::192.0.2.1 ::c000:201', outside: '192.0.2.1 ::ffff:192.0.2.1 ::c000:202' },
  { range: '  192.0.2.1\t', cidrs: '192.0.2.1/32', inside: '192.0.2.1', outside: '192.0.2.10' },
  // Wildcards.
  {
    range: '10.1.*.*',
    cidrs: '10.1.0.0/16',
    inside: '10.1.0.0 10.1.0.1 10.1.127.255 10.1.255.254 10.1.255.255 ::ffff:10.1.2.3',
    outside: `10.0.255.255 10.2.0.0 1.10.1.1 110.1.0.0 ::10.1.0.0 10.1.*.* ${ODD}`,
  },
  { range: '192.0.2.*', cidrs: '192.0.2.0/24', inside: '192.0.2.0 192.0.2.255', outside: '192.0.1.255 192.0.3.0 192.0.2 192.0.2.256' },
  { range: '10.*.*.*', cidrs: '10.0.0.0/8', inside: '10.0.0.0 10.255.255.255', outside: `9.255.255.255 11.0.0.0 ${ODD}` },
  { range: '*.*.*.*', cidrs: '0.0.0.0/0', inside: '0.0.0.0 127.0.0.1 255.255.255.255 ::ffff:1.2.3.4', outside: `::1 :: ${ODD}` },
  // From one address to another.
  {
    range: '10.0.0.5-10.0.0.20',
    cidrs: '10.0.0.5/32 10.0.0.6/31 10.0.0.8/29 10.0.0.16/30 10.0.0.20/32',
    inside: '10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.15 10.0.0.16 10.0.0.19 10.0.0.20 ::ffff:10.0.0.13',
    outside: `10.0.0.4 10.0.0.21 10.0.1.13 10.0.0.013 ::10.0.0.13 ${ODD}`,
  },
  { range: ' 10.0.0.5 - 10.0.0.6 ', cidrs: '10.0.0.5/32 10.0.0.6/32', inside: '10.0.0.5 10.0.0.6', outside: '10.0.0.4 10.0.0.7' },
  { range: '10.0.0.7-10.0.0.7', cidrs: '10.0.0.7/32', inside: '10.0.0.7', outside: '10.0.0.6 10.0.0.8' },
  { range: '10.0.0.0-10.0.0.255', cidrs: '10.0.0.0/24', inside: '10.0.0.0 10.0.0.255', outside: '9.255.255.255 10.0.1.0' },
  {
    range: '10.0.0.255-10.0.1.0',
    cidrs: '10.0.0.255/32 10.0.1.0/32',
    inside: '10.0.0.255 10.0.1.0',
    outside: '10.0.0.254 10.0.1.1',
  },
  {
    range: '::ffff:10.0.0.1-10.0.0.2',
    cidrs: '10.0.0.1/32 10.0.0.2/32',
    inside: '10.0.0.1 10.0.0.2 ::ffff:10.0.0.2',
    outside: '10.0.0.0 10.0.0.3 ::10.0.0.2',
  },
  { range: '0.0.0.0-255.255.255.255', cidrs: '0.0.0.0/0', inside: '0.0.0.0 8.8.8.8 255.255.255.255', outside: ':: ::1 ::8.8.8.8' },
  { range: '0.0.0.0-0.0.0.2', cidrs: '0.0.0.0/31 0.0.0.2/32', inside: '0.0.0.0 0.0.0.2', outside: '0.0.0.3 255.255.255.255 ::' },
  {
    range: '255.255.255.253-255.255.255.255',
    cidrs: '255.255.255.253/32 255.255.255.254/31',
    inside: '255.255.255.253 255.255.255.255',
    outside: '255.255.255.252 0.0.0.0 ::1:0:0',
  },
  {
    range: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    cidrs: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127',
    inside: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    outside: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffd :: 255.255.255.255',
  },
  {
    range: '2001:db8::5-2001:db8::a',
    cidrs: '2001:db8::5/128 2001:db8::6/127 2001:db8::8/127 2001:db8::a/128',
    inside: '2001:db8::5 2001:db8::6 2001:db8::9 2001:db8::a 2001:DB8::A 2001:db8:0:0:0:0:0:7',
    outside: '2001:db8::4 2001:db8::b 2001:db8::5:0 2001:db8:5:: 0.0.0.7 2001:db8::7%1',
  },
  {
    range: '2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::',
    cidrs: '2001:db8::ffff:ffff:ffff:ffff/128 2001:db8:0:1::/128',
    inside: '2001:db8::ffff:ffff:ffff:ffff 2001:db8:0:1::',
    outside: '2001:db8::ffff:ffff:ffff:fffe 2001:db8:0:1::1',
  },
  {
    range: '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    cidrs: '::/0',
    inside: ':: ::1 ::10.0.0.1 2001:db8::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    outside: `0.0.0.0 10.0.0.1 ::ffff:10.0.0.1 255.255.255.255 ${ODD}`,
  },
  // Networks.
  {
    range: '10.0.0.0/8',
    cidrs: '10.0.0.0/8',
    inside: '10.0.0.0 10.0.0.1 10.128.0.0 10.255.255.255 ::ffff:10.0.0.1 ::ffff:a00:1',
    outside: `9.255.255.255 11.0.0.0 0.10.0.0 ::10.0.0.1 64:ff9b::a00:1 a00:: ${ODD}`,
  },
  {
    range: '::ffff:10.0.0.0/104',
    cidrs: '10.0.0.0/8',
    inside: '10.0.0.0 10.0.0.1 10.255.255.255 ::ffff:10.0.0.1 ::ffff:aff:ffff',
    outside: `9.255.255.255 11.0.0.0 ::10.0.0.1 ::ffff:0:10.0.0.1 ${ODD}`,
  },
  { range: '::ffff:a00:0/104', cidrs: '10.0.0.0/8', inside: '10.0.0.1 10.255.255.255', outside: '11.0.0.0 ::a00:1' },
  {
    range: '::ffff:0:0/96',
    cidrs: '0.0.0.0/0',
    inside: '0.0.0.0 10.0.0.1 255.255.255.255 ::ffff:1.2.3.4',
    outside: '::1 ::fffe:ffff:ffff',
  },
  { range: '::ffff:10.0.0.1/128', cidrs: '10.0.0.1/32', inside: '10.0.0.1', outside: '10.0.0.0 10.0.0.2' },
  { range: '0.0.0.0/0', cidrs: '0.0.0.0/0', inside: '0.0.0.0 127.0.0.1 255.255.255.255', outside: `::1 :: 2001:db8::1 ${ODD}` },
  { range: '::/0', cidrs: '::/0', inside: ':: ::1 2001:db8::1 fe80::1 ::127.0.0.1', outside: '127.0.0.1 ::ffff:127.0.0.1 fe80::1%eth0' },
  { range: '0.0.0.0/1', cidrs: '0.0.0.0/1', inside: '0.0.0.0 127.255.255.255', outside: '128.0.0.0 255.255.255.255' },
  { range: '128.0.0.0/1', cidrs: '128.0.0.0/1', inside: '128.0.0.0 255.255.255.255', outside: '0.0.0.0 127.255.255.255' },
  { range: '192.0.2.128/25', cidrs: '192.0.2.128/25', inside: '192.0.2.128 192.0.2.255', outside: '192.0.2.127 192.0.3.0' },
  { range: '192.0.2.4/30', cidrs: '192.0.2.4/30', inside: '192.0.2.4 192.0.2.7', outside: '192.0.2.3 192.0.2.8' },
  { range: '192.0.2.6/31', cidrs: '192.0.2.6/31', inside: '192.0.2.6 192.0.2.7', outside: '192.0.2.5 192.0.2.8' },
  { range: '192.0.2.6/32', cidrs: '192.0.2.6/32', inside: '192.0.2.6', outside: '192.0.2.5 192.0.2.7' },
  { range: '172.16.0.0/12', cidrs: '172.16.0.0/12', inside: '172.16.0.0 172.31.255.255', outside: '172.15.255.255 172.32.0.0' },
  { range: '100.64.0.0/10', cidrs: '100.64.0.0/10', inside: '100.64.0.0 100.127.255.255', outside: '100.63.255.255 100.128.0.0' },
  {
    range: '2001:db8::/32',
    cidrs: '2001:db8::/32',
    inside: '2001:db8:: 2001:db8::1 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2001:DB8:1::',
    outside: '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9:: ::2001:db8 32.1.13.184 2001:db8::%lo [2001:db8::1]:443',
  },
  {
    range: '2001:0DB8:0000:0000:0000:0000:0000:0000/64',
    cidrs: '2001:db8::/64',
    inside: '2001:db8:: 2001:db8::ffff:ffff:ffff:ffff',
    outside: '2001:db8:0:1:: 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff',
  },
  { range: '2001:db8::80/121', cidrs: '2001:db8::80/121', inside: '2001:db8::80 2001:db8::ff', outside: '2001:db8::7f 2001:db8::100' },
  { range: '2001:db8::2/127', cidrs: '2001:db8::2/127', inside: '2001:db8::2 2001:db8::3', outside: '2001:db8::1 2001:db8::4' },
  { range: '2001:db8::2/128', cidrs: '2001:db8::2/128', inside: '2001:db8::2', outside: '2001:db8::1 2001:db8::3' },
  { range: '8000::/1', cidrs: '8000::/1', inside: '8000:: ffff::', outside: '7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ::' },
  { range: 'fc00::/7', cidrs: 'fc00::/7', inside: 'fc00:: fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', outside: 'fbff:: fe00:: 10.0.0.1' },
  { range: '64:ff9b::/96', cidrs: '64:ff9b::/96', inside: '64:ff9b::10.0.0.1 64:ff9b::a00:1', outside: '10.0.0.1 64:ff9b::1:0:0' },
];

/** What is not taken for a range, and a word of the sentence that says why. */
export const REFUSED: readonly (readonly [range: string, why: string])[] = [
  // No address, or one that could be read in two ways.
  ...['', ' ', '167772161', '10.1', '10.0.1', '012.0.0.1', '010.0.0.1', '0xa.0.0.1', '0x0a000001', '0', '1', '-', '::ffff:012.0.0.1'].map(
    (range) => [range, range === '-' ? 'no range' : 'no address'] as const,
  ),
  ...[
    '10.0.0.256',
    '10.0.0.1.',
    '.10.0.0.1',
    '10..0.1',
    '10.0.0',
    '10.0.0.1.1',
    '10.0.0.1:80',
    '[::1]',
    '::1%lo',
    'fe80::1%eth0',
    ':::',
  ].map((range) => [range, 'no address'] as const),
  ...[
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '::ffff:10.0.0',
    '10.0.0.1 10.0.0.2',
    '10.0.0.1,10.0.0.2',
    '10. 0.0.1',
    '10.0.0.1\0',
  ].map((range) => [range, 'no address'] as const),
  ...[
    '１０.0.0.1',
    '٠.0.0.1',
    '10。0。0。1',
    'localhost',
    'example.com',
    'any',
    'all',
    'null',
    '__proto__',
    '10.0.0.1#home',
    '!10.0.0.1',
  ].map((range) => [range, 'no address'] as const),
  // Wildcards anywhere but at the end of four parts.
  ...[
    '*',
    '10.*',
    '10.1.*',
    '10.*.*',
    '10.*.0.*',
    '*.0.0.1',
    '10.*.0.1',
    '*.*.*.1',
    '10.1.1*.*',
    '10.1.1.1*',
    '10.1.1.**',
    '10.1.*.*.*',
  ].map((range) => [range, 'wildcard'] as const),
  ...[
    '2001:db8::*',
    '2001:db8:*:*:*:*:*:*',
    '::ffff:10.0.*.*',
    '10.1.*.*/16',
    '10.1.*.0-10.1.*.9',
    '10.0.0.*-10.0.1.*',
    '10.1.?.*',
    '* .*.*.*',
  ].map((range) => [range, 'wildcard'] as const),
  ['256.*.*.*', '0 to 255'],
  ['010.*.*.*', 'without zeros in front'],
  ['10.01.*.*', 'without zeros in front'],
  // Ranges whose ends do not go together.
  ['10.0.0.20-10.0.0.5', 'comes before'],
  ['2001:db8::a-2001:db8::5', 'comes before'],
  ['255.255.255.255-0.0.0.0', 'comes before'],
  ['10.0.0.1-::1', 'both IPv6'],
  ['::-::ffff:255.255.255.255', 'both IPv6'],
  ['::1-10.0.0.1', 'both IPv6'],
  ...[
    '10.0.0.1-',
    '-10.0.0.1',
    '10.0.0.1--10.0.0.2',
    '10.0.0.1-10.0.0.2-10.0.0.3',
    '10.0.0.1-20',
    '10.0.0.1-0.20',
    '10.0.0.0/24-10.0.1.0/24',
  ].map((range) => [range, 'no range'] as const),
  ...['10.0.0.1-167772170', '10.0.0.01-10.0.0.2', 'fe80::1%a-fe80::2%a', '10.0.0.1–10.0.0.2-10.0.0.3', 'a-b', '1-2'].map(
    (range) => [range, 'no range'] as const,
  ),
  ['10.0.0.1–10.0.0.2', 'no address'],
  // Networks.
  ...['10.0.0.0/', '/8', '10.0.0.0/08', '10.0.0.0/+8', '10.0.0.0/-0/8', '10.0.0.0/8/8', '10.0.0.0/8.0', '10.0.0.0/ 8', '10.0.0.0 /8'].map(
    (range) => [range, range.includes('-') ? 'no range' : 'no network'] as const,
  ),
  ...[
    '10.0.0.0/255.0.0.0',
    '10.0/16',
    '10/8',
    '012.0.0.0/8',
    '167772160/8',
    '10.0.0.0/0x8',
    '10.0.0.0/1e1',
    '10.0.0.0/٨',
    '10.0.0.0/a',
  ].map((range) => [range, 'no network'] as const),
  ...['fe80::%eth0/64', '[2001:db8::]/32', '2001:db8::/', '2001:db8/32', '::/٠', '10.0.0.0:80/8', '::/1000'].map(
    (range) => [range, 'no network'] as const,
  ),
  ['10.0.0.0/33', 'from 0 to 32'],
  ['10.0.0.0/104', 'from 0 to 32'],
  ['2001:db8::/129', 'from 0 to 128'],
  ['::ffff:10.0.0.0/129', 'from 0 to 32'],
  ['::ffff:10.0.0.0/24', 'from 96 to 128'],
  ['::ffff:0:0/95', 'from 96 to 128'],
  ['::ffff:0:0/0', 'from 96 to 128'],
  // Bits behind the prefix, with the network that was probably meant.
  ['10.0.0.1/8', '10.0.0.0/8 is the network'],
  ['10.0.0.1/0', '0.0.0.0/0 is the network'],
  ['10.0.0.1/31', '10.0.0.0/31 is the network'],
  ['192.0.2.129/25', '192.0.2.128/25 is the network'],
  ['255.255.255.255/31', '255.255.255.254/31 is the network'],
  ['2001:db8::1/32', '2001:db8::/32 is the network'],
  ['2001:db8::1/127', '2001:db8::/127 is the network'],
  ['ffff::/15', 'fffe::/15 is the network'],
  ['::ffff:10.0.0.1/104', '10.0.0.0/8 is the network'],
  // Longer than anything that means something.
  [`10.0.0.1${'0'.repeat(100)}`, 'at most 100'],
  [`${'*.'.repeat(60)}*`, 'at most 100'],
  [`${':'.repeat(60)}-${':'.repeat(60)}`, 'at most 100'],
];

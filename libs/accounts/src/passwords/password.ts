import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { AppError } from '@sotto/kernel';

/** argon2id as OWASP ASVS 5.0 (11.4) asks: t = 2, m = 19,456 KiB, p = 1. */
const PASSES = 2;
const MEMORY_KIB = 19_456;
const LANES = 1;
const TAG_BYTES = 32;
/** Hashes computed at the same time, so that a burst of logins cannot take all memory. */
const AT_ONCE = 4;
/** Shorter parts of a name are in many passwords by chance. */
const SHORTEST_WORD = 3;
/** Lowest zxcvbn score (0 to 4) that is accepted: "safely unguessable, moderate protection". */
const MIN_SCORE = 3;

const hashBytes = promisify(argon2);
const judge = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: 128 });

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

const compute = (password: string, salt: Buffer, passes: number, memory: number, parallelism: number): Promise<Buffer> =>
  inTurn(() =>
    hashBytes('argon2id', { message: password.normalize('NFC'), nonce: salt, parallelism, tagLength: TAG_BYTES, memory, passes }),
  );

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

/** The hash to store, in PHC form. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await compute(password, salt, PASSES, MEMORY_KIB, LANES);
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(salt)}$${base64(tag)}`;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Whether the password is the one that was hashed. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = PHC.exec(stored);
  if (!match) throw new Error('A stored password hash has an unknown form');
  const [, memory, passes, lanes, salt, tag] = match as unknown as [string, string, string, string, string, string];
  const computed = await compute(password, Buffer.from(salt, 'base64'), Number(passes), Number(memory), Number(lanes));
  return timingSafeEqual(computed, Buffer.from(tag, 'base64'));
}

/** Refuses common and guessable passwords; `known` are words an attacker would try first, `path` the field to name. */
export async function assertStrongPassword(password: string, known: readonly string[], path = 'owner.password'): Promise<void> {
  const words = known.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]).filter((word) => word.length >= SHORTEST_WORD);
  const { score } = await judge.checkAsync(password, words);
  if (score >= MIN_SCORE) return;
  throw new AppError('password.weak', 'Choose a longer password, or a few words that do not belong together.', {
    errors: [{ path, message: 'is too easy to guess' }],
  });
}

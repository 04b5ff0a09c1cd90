import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, type Config } from '../config.js';
import { KEY_BYTES } from './cipher.js';

const decode = (text: string, from: string): Buffer => {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new ConfigError(`${from} must hold ${KEY_BYTES} bytes in base64.`);
  return key;
};

/**
 * The key that wraps every account's key: from the environment, or from a file that the first start
 * makes with mode 0600. Losing it makes all personal data unreadable for good.
 */
export function readMasterKey(config: Config): Buffer {
  if (config.masterKey !== undefined) return decode(config.masterKey, 'SOTTO_MASTER_KEY');
  try {
    return decode(readFileSync(config.masterKeyFile, 'utf8'), config.masterKeyFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(config.masterKeyFile), { recursive: true, mode: 0o700 });
  const key = randomBytes(KEY_BYTES);
  const file = openSync(config.masterKeyFile, 'wx', 0o600);
  try {
    writeSync(file, `${key.toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return key;
}

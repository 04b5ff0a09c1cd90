import { LRUCache } from 'lru-cache';
import { AppError } from '@sotto/kernel';
import type { AllowedRange, FieldError } from '@sotto/protocol';
import { isInside, parseRange } from './addresses.js';

/** Addresses a list remembers its answer for. */
const DECIDED = 1_000;
/** Networks the ranges of a list may come to: each is compared, at 3 µs, whenever an address is new. Only odd IPv6 ranges make many. */
const MAX_NETWORKS = 4_096;

interface Listed extends AllowedRange {
  cidrs: string[];
}

/** From where an account may be used. An empty list lets everybody in. */
export class Allowlist {
  private readonly decided = new LRUCache<string, { range: string | null }>({ max: DECIDED });

  private constructor(private readonly listed: readonly Listed[]) {}

  /** Takes what somebody wrote. Throws `input.invalid` naming each line that is wrong, says the same as another or is one too many. */
  static of(lines: readonly AllowedRange[]): Allowlist {
    const errors: FieldError[] = [];
    const seen = new Map<string, string>();
    let networks = 0;
    const listed = lines.flatMap(({ range, label }, place): Listed[] => {
      const refuse = (message: string) => {
        errors.push({ path: `ipAllowlist.${place}.range`, message });
        return [];
      };
      try {
        const { canonical, cidrs } = parseRange(range);
        const same = seen.get(cidrs.join());
        if (same !== undefined) return refuse(`The list has ${same} already.`);
        if (networks + cidrs.length > MAX_NETWORKS)
          return refuse('With this range the list is too long to be looked through at every call; take a wider network.');
        networks += cidrs.length;
        seen.set(cidrs.join(), canonical);
        return [{ range: canonical, label: label.trim(), cidrs }];
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return refuse(error.message);
      }
    });
    if (errors.length > 0) throw new AppError('input.invalid', 'Correct the lines named in errors and send the list again.', { errors });
    return new Allowlist(listed);
  }

  /** The lines in their one spelling. */
  get lines(): AllowedRange[] {
    return this.listed.map(({ range, label }) => ({ range, label }));
  }

  get isEmpty(): boolean {
    return this.listed.length === 0;
  }

  lets(address: string): boolean {
    return this.isEmpty || this.rangeOf(address) !== null;
  }

  /** The first range that holds the address, or null. */
  rangeOf(address: string): string | null {
    const known = this.decided.get(address);
    if (known) return known.range;
    const range = this.listed.find(({ cidrs }) => isInside(address, cidrs))?.range ?? null;
    this.decided.set(address, { range });
    return range;
  }
}

import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import passport from 'passport';
import { authenticate } from './strategies.js';

const requestOf = (name: string): Request => ({ headers: { name } }) as unknown as Request;

/** Says who it is after the others have begun. */
class Slow extends passport.Strategy {
  override authenticate(this: passport.StrategyCreated<this>, request: Request): void {
    setImmediate(() => this.success({ name: String(request.headers.name) }));
  }
}

const strategyOf = (answer: (turn: passport.StrategyCreated<passport.Strategy>) => void | Promise<void>): passport.Strategy =>
  new (class extends passport.Strategy {
    override authenticate(this: passport.StrategyCreated<this>): void | Promise<void> {
      return answer(this);
    }
  })();

describe('a strategy of passport', () => {
  it('keeps apart requests that come at the same time', async () => {
    const slow = new Slow();
    const names = Array.from({ length: 20 }, (_, number) => `caller ${number}`);
    const verdicts = await Promise.all(names.map((name) => authenticate(slow, requestOf(name))));
    expect(verdicts).toEqual(names.map((name) => ({ user: { name } })));
  });

  it('refuses whoever it fails or passes on, and hands a redirect to the caller', async () => {
    const request = requestOf('ana');
    await expect(
      authenticate(
        strategyOf((turn) => turn.fail(401)),
        request,
      ),
    ).resolves.toEqual({ refused: true });
    await expect(
      authenticate(
        strategyOf((turn) => turn.pass()),
        request,
      ),
    ).resolves.toEqual({ refused: true });
    await expect(
      authenticate(
        strategyOf((turn) => turn.redirect('https://idp.example/')),
        request,
      ),
    ).resolves.toEqual({
      redirect: 'https://idp.example/',
    });
  });

  it('rejects with what the strategy reports, throws or fails to await', async () => {
    const request = requestOf('ana');
    const broken = new Error('The directory is away');
    await expect(
      authenticate(
        strategyOf((turn) => turn.error(broken)),
        request,
      ),
    ).rejects.toBe(broken);
    await expect(
      authenticate(
        strategyOf(() => {
          throw broken;
        }),
        request,
      ),
    ).rejects.toBe(broken);
    await expect(
      authenticate(
        strategyOf(() => Promise.reject(broken)),
        request,
      ),
    ).rejects.toBe(broken);
  });
});

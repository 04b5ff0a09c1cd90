import type { Request } from 'express';
import passport from 'passport';

/** What came of a strategy: who it is, where the browser has to go first, or nobody. */
export type Verdict<User> = { user: User } | { redirect: string } | { refused: true };

type Turn = passport.StrategyCreated<passport.Strategy>;

const ways = new passport.Passport();

/**
 * Asks one strategy of passport who sends a request. Keeps no session and answers nothing: what happens next is the caller's
 * to decide. Rejects with whatever the strategy reports or throws.
 */
export function authenticate<User extends object>(strategy: passport.Strategy, request: Request): Promise<Verdict<User>> {
  return new Promise((resolve, reject) => {
    const answered = (error?: Error | null, user?: User | false | null): void => {
      if (error) reject(error);
      else resolve(user ? { user } : { refused: true });
    };
    const turn = turnOf(strategy, (location) => resolve({ redirect: location }));
    const ask = ways.authenticate(turn, { session: false }, answered) as (request: Request, response: object, passed: () => void) => void;
    ask(request, {}, () => answered());
  });
}

/**
 * A strategy for one request. Passport hangs the answers of a request on the strategy object: with one for all, requests at the
 * same time would be answered as each other.
 */
function turnOf(strategy: passport.Strategy, redirect: (location: string) => void): passport.Strategy {
  const turn = Object.create(strategy) as Turn;
  turn.authenticate = async function (this: Turn, request, options) {
    // Passport's own would answer the browser.
    this.redirect = redirect;
    try {
      await strategy.authenticate.call(this, request, options);
    } catch (error) {
      this.error(error);
    }
  };
  return turn;
}

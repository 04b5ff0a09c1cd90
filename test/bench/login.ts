import { Client } from 'pg';
import { setUpDesk, WITHOUT_LIMITS } from '../faults/desk.js';
import { startSotto, type PrivatePostgres } from '../support/index.js';

/** Tries of each kind. */
const TRIES = 1_000;
/** Rounds under way together: answers mostly wait for their step, and two cores compute four hashes well within one. */
const AT_ONCE = 4;
/** Medians may differ by this much: a difference that cannot be told over a network from a few tries. */
const GOAL_MS = 5;

const PASSWORD = 'seven-quiet-lanterns-1974';
const OUTSIDE = { 'x-forwarded-for': '198.51.100.9' };

interface Kind {
  name: string;
  path: string;
  body: object;
  headers?: Record<string, string>;
  status: number;
}

const login = (name: string, email: string, password: string, headers: Record<string, string> = {}): Kind => ({
  name,
  path: '/api/v1/auth/login',
  body: { email, password },
  headers,
  status: 401,
});
const reset = (name: string, email: string): Kind => ({ name, path: '/api/v1/auth/password-reset', body: { email }, status: 202 });

/** Refusals that must not be told apart, and requests for a link that must not. */
const GROUPS: Kind[][] = [
  [
    login('nobody has the address', 'nobody@example.com', PASSWORD),
    login('wrong password', 'active@example.com', 'not the password'),
    login('right password, disabled', 'disabled@example.com', PASSWORD),
    login('invited, no password yet', 'invited@example.com', PASSWORD),
    login('wrong password, outside the allowlist', 'active@example.com', 'not the password', OUTSIDE),
  ],
  [
    reset('new password for nobody', 'nobody@example.com'),
    reset('new password for a member', 'active@example.com'),
    reset('new password for somebody disabled', 'disabled@example.com'),
  ],
];

/** Whether refused logins take alike, whoever is meant: kinds in turns, another first each time. */
export async function measureLogins(postgres: PrivatePostgres): Promise<void> {
  const database = await postgres.createDatabase();
  const sotto = await startSotto({
    database,
    redis: null,
    env: { ...WITHOUT_LIMITS, SOTTO_LOG_LEVEL: 'error', SOTTO_TRUSTED_PROXIES: '1' },
  });
  try {
    const { cookie } = await setUpDesk(sotto, 0);
    const call = (kind: Omit<Kind, 'name' | 'status'>, method = 'POST') =>
      fetch(`http://127.0.0.1:${sotto.port}${kind.path}`, {
        method,
        headers: { 'content-type': 'application/json', origin: sotto.url, ...kind.headers },
        body: JSON.stringify(kind.body),
      });
    for (const name of ['active', 'disabled', 'invited']) {
      const body = { email: `${name}@example.com`, name };
      await call({ path: '/api/v1/members/invitations', body, headers: { cookie } });
    }
    await standing(database);
    const ipAllowlist = [{ range: '127.0.0.1', label: '' }];
    await call({ path: '/api/v1/settings/security', body: { requireTwoFactor: false, ipAllowlist }, headers: { cookie } }, 'PUT');
    for (const group of GROUPS) await measure(group, call);
  } finally {
    await sotto.stop();
  }
}

async function measure(group: Kind[], call: (kind: Kind) => Promise<Response>): Promise<void> {
  const times = new Map<Kind, number[]>(group.map((kind) => [kind, []]));
  let next = 0;
  const rounds = async () => {
    while (next < TRIES) {
      const round = next;
      next += 1;
      await inTurn(round);
    }
  };
  const inTurn = async (round: number) => {
    for (let place = 0; place < group.length; place += 1) {
      const kind = group[(round + place) % group.length] as Kind;
      const start = performance.now();
      const answer = await call(kind);
      await answer.arrayBuffer();
      times.get(kind)?.push(performance.now() - start);
      if (answer.status !== kind.status) throw new Error(`${kind.name}: answered ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, rounds));
  const medians = group.map((kind) => median(times.get(kind) ?? []));
  console.log(`\nMedians of ${TRIES} tries each:`);
  for (const [place, kind] of group.entries()) console.log(`${kind.name.padEnd(40)} ${(medians[place] ?? Number.NaN).toFixed(1)} ms`);
  const difference = Math.max(...medians) - Math.min(...medians);
  console.log(`Greatest difference ${difference.toFixed(1)} ms; goal ${GOAL_MS} ms: ${difference <= GOAL_MS ? 'met' : 'not met'}.`);
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

/** Makes of three who were invited one who is active, one who is disabled, and one who still is. */
async function standing(database: string): Promise<void> {
  const client = new Client({ connectionString: database });
  await client.connect();
  const made = await client.query<{ id: string }>("select id from member where status = 'invited' order by created_at, id");
  for (const [place, status] of ['active', 'disabled'].entries())
    await client.query(
      "update member set status = $2, password_hash = (select password_hash from member where role = 'owner') where id = $1",
      [made.rows[place]?.id, status],
    );
  await client.end();
}

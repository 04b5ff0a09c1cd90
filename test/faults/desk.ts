import type { InboxView, NewVisitorSession, Page, VisitorSessionView, WidgetConfig } from '@sotto/protocol';
import type { RunningSotto } from '../support/index.js';

/** An installation somebody has set up: an owner signed in, an inbox, visitors who have consented. */
export interface Desk {
  origin: string;
  /** `name=value` of the owner's session. */
  cookie: string;
  /** One for each visitor. */
  tokens: string[];
}

/** So that the limits meant for people do not measure the test. */
export const WITHOUT_LIMITS = {
  SOTTO_VISITOR_MESSAGES_PER_MINUTE: '1000000',
  SOTTO_VISITOR_SESSIONS_PER_MINUTE: '1000000',
  SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: '1000000',
  SOTTO_MEMBER_CALLS_PER_MINUTE: '1000000',
};

export async function setUpDesk(sotto: Pick<RunningSotto, 'port' | 'url' | 'setupCode'>, visitors: number): Promise<Desk> {
  const call = caller(`http://127.0.0.1:${sotto.port}`, sotto.url);
  const owner = { name: 'Ana Novak', email: 'ana@example.com', password: 'seven-quiet-lanterns-1974' };
  const setup = await call<object>('POST', '/api/v1/setup', { code: sotto.setupCode, account: { name: 'Lantern Shop' }, owner });
  const cookie = setup.cookie;
  const key = await inboxKey(call, cookie);
  const { answer: config } = await call<WidgetConfig>('GET', `/widget/v1/inboxes/${key}`);
  const consent = {
    policyId: config.policy.id,
    policyVersion: config.policy.version,
    purposes: config.policy.purposes.filter((purpose) => purpose.required).map((purpose) => purpose.id),
  };
  const session: NewVisitorSession = { inboxKey: key, consent };
  const tokens: string[] = [];
  while (tokens.length < visitors) {
    const width = Math.min(10, visitors - tokens.length);
    const made = await Promise.all(Array.from({ length: width }, () => call<VisitorSessionView>('POST', '/widget/v1/sessions', session)));
    tokens.push(...made.map(({ answer }) => answer.token));
  }
  return { origin: sotto.url, cookie, tokens };
}

type Call = ReturnType<typeof caller>;

async function inboxKey(call: Call, cookie: string): Promise<string> {
  const { answer } = await call<Page<InboxView>>('GET', '/api/v1/inboxes', undefined, { cookie });
  const [existing] = answer.items;
  if (existing) return existing.key;
  const created = await call<InboxView>('POST', '/api/v1/inboxes', { name: 'Website' }, { cookie });
  return created.answer.key;
}

function caller(address: string, origin: string) {
  return async <T>(method: 'GET' | 'POST', path: string, body?: object, headers: Record<string, string> = {}) => {
    const request: RequestInit = {
      method,
      headers: { origin, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...headers },
    };
    if (body) request.body = JSON.stringify(body);
    const response = await fetch(address + path, request);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    const [cookie = ''] = response.headers.getSetCookie().map((header) => header.split(';')[0]);
    return { answer: JSON.parse(text) as T, cookie };
  };
}

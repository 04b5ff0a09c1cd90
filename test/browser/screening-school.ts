import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jest/globals';
import type { ApiTokenView, ConversationStartAck, ConversationView, MemberVerdict, TeachAnswer } from '@sotto/protocol';
import type { Browser } from 'playwright-core';
import type { Desk } from '../support/desk.js';
import { Caller, newClientId, type Member } from '../support/people.js';
import { HAM, SPAM } from '../support/spam.js';
import { Panel } from './panel-desk.js';

/** A program with an API token: it opens tickets for contacts, and teaches the filter. */
export class Program {
  private constructor(
    private readonly caller: Caller,
    private readonly inboxId: string,
  ) {}

  static async of(desk: Desk): Promise<Program> {
    const scopes = ['conversation.create', 'conversation.read', 'screening.teach'];
    const made = await desk.owner.post('/api/v1/api-tokens', { name: 'Forms', scopes });
    const { token } = made.body as ApiTokenView & { token?: string };
    if (!token) throw new Error(made.text);
    return new Program(new Caller(desk.url, { authorization: `Bearer ${token}` }), desk.inbox.id);
  }

  async ticket(body: string, name: string, email?: string): Promise<string> {
    const input = { inboxId: this.inboxId, contact: { name, ...(email && { email }) }, message: { clientMessageId: newClientId(), body } };
    const answer = await this.caller.post('/api/v1/conversations', input);
    if (answer.status !== 201) throw new Error(answer.text);
    return (answer.body as ConversationStartAck).conversationId;
  }

  async view(id: string): Promise<ConversationView> {
    return (await this.caller.get(`/api/v1/conversations/${id}`)).body as ConversationView;
  }

  async teach(id: string, verdict: MemberVerdict): Promise<TeachAnswer> {
    const answer = await this.caller.post(`/api/v1/conversations/${id}/screening`, { verdict });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body as TeachAnswer;
  }

  /** Teaches each kind of message some rounds long. */
  async school(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const body of SPAM) await this.teach(await this.ticket(`${body} ${round}`, 'Taught spam'), 'spam');
      for (const body of HAM) await this.teach(await this.ticket(`${body} ${round}`, 'Taught ham'), 'ham');
    }
  }
}

/** The panel as a member who is signed in sees it. */
export async function windowOf(browser: Browser, member: Member, options: Parameters<typeof Panel.open>[2] = {}): Promise<Panel> {
  const panel = await Panel.open(browser, member.url, options);
  const [name = '', value = ''] = (member.headers.cookie ?? '').split('=');
  await panel.context.addCookies([{ name, value, url: member.url }]);
  return panel;
}

/** What stands between some people and the page. */
export async function expectNoBarrier({ page }: Panel): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { aDesk, type Desk } from '../support/desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk();
});
afterAll(() => desk.close());

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { requestBody?: { content: Record<string, { schema: { properties?: object } }> }; responses: Record<string, unknown> }>
  >;
}

describe('the OpenAPI document', () => {
  it('describes every route from the schemas that check it', async () => {
    const document = (await request(desk.url).get('/api/openapi.json')).body as Document;
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/conversations/{id}/messages', '/widget/v1/sessions', '/api/v1/setup']),
    );
    const send = document.paths['/api/v1/conversations/{id}/messages']?.post;
    expect(Object.keys(send?.requestBody?.content['application/json']?.schema.properties ?? {})).toEqual([
      'clientMessageId',
      'kind',
      'body',
    ]);
    expect(Object.keys(send?.responses ?? {})).toEqual(expect.arrayContaining(['201', 'default']));
  });

  it('can be read on a page that runs nothing inline', async () => {
    const page = await request(desk.url).get('/api/docs');
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.text).not.toMatch(/<script>|<style|onload=/);
    expect((await request(desk.url).get('/api/docs/files/swagger-ui-bundle.js')).status).toBe(200);
  });
});

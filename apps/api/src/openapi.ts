import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ERRORS, Problem } from '@sotto/protocol';
import express, { type Request, type Response } from 'express';
import { z } from 'zod';
import { publicUrl, type Config } from '@sotto/platform';

const ui = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sotto API</title><link rel="stylesheet" href="/api/docs/files/swagger-ui.css"></head>
<body><div id="reader"></div><script src="/api/docs/files/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body>
</html>`;
const START =
  "SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#reader', deepLinking: true, validatorUrl: null, supportedSubmitMethods: [] });";

/** Serves the OpenAPI document, made from the routes' own schemas, and a page to read it. */
export function useOpenApi(app: NestExpressApplication, config: Config): void {
  let document: OpenAPIObject | undefined;
  const server = app.getHttpAdapter().getInstance() as express.Express;
  server.get('/api/openapi.json', (_request: Request, response: Response) => {
    document ??= describeApi(app, publicUrl(config));
    response.json(document);
  });
  server.use('/api/docs/files', express.static(ui, { index: false, fallthrough: false }));
  server.get('/api/docs/start.js', (_request: Request, response: Response) => {
    response.type('js').send(START);
  });
  server.get('/api/docs', (_request: Request, response: Response) => {
    response.setHeader(
      'Content-Security-Policy',
      "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    );
    response.type('html').send(PAGE);
  });
}

function describeApi(app: NestExpressApplication, url: string): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle('Sotto')
    .setVersion('1')
    .setDescription('Every error is a problem document (RFC 9457) whose `code` is stable. Sockets are described in docs/integrators.md.')
    .addServer(url)
    .addCookieAuth('sotto_session', { type: 'apiKey', in: 'cookie' }, 'session')
    .addBearerAuth({ type: 'http' }, 'visitor')
    .build();
  const document = SwaggerModule.createDocument(app, settings);
  document.components = { ...document.components };
  document.components.schemas = { ...document.components.schemas, Problem: z.toJSONSchema(Problem, { target: 'openapi-3.0' }) as never };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.patch, path.put, path.delete]) {
      if (!operation) continue;
      operation.responses = {
        ...operation.responses,
        default: {
          description: `A problem document. Codes: ${Object.keys(ERRORS).join(', ')}`,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      };
    }
  }
  return document;
}

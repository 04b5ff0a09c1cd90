import { RequestMethod } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { proxyTrust } from '@sotto/platform';
import { MAX_FRAME } from '@sotto/protocol';
import { SocketAdapter } from '@sotto/realtime';
import { ApiModule } from './api.module.js';
import { JsonLogger } from './logger.js';
import type { PlatformOptions } from './platform.module.js';
import { useOpenApi } from './openapi.js';
import { useHeaders, useNotFound, usePages } from './web.js';

/** Routes outside /api/v1: what browsers and watchdogs ask for by fixed names. */
const outside = ['health/{*path}', 'widget/{*path}', 'try/:key', 'dev/{*path}'].map((path) => ({ path, method: RequestMethod.ALL }));

/** Builds the application; the caller lets it listen. */
export async function createApplication(options: PlatformOptions): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(options), {
    logger: new JsonLogger(options.config.logLevel),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.disable('x-powered-by');
  app.set('trust proxy', proxyTrust(options.config.trustedProxies));
  // Repeated and nested query parameters are refused by the schemas instead of being guessed at.
  app.set('query parser', 'simple');
  app.useWebSocketAdapter(new SocketAdapter(app));
  app.setGlobalPrefix('api/v1', { exclude: outside });
  // First, so that a body that cannot be read is refused with headers, too.
  useHeaders(app, options.config);
  app.useBodyParser('json', { limit: MAX_FRAME, strict: true });
  usePages(app, options.config);
  try {
    await app.init();
  } catch (error) {
    // Whoever refuses to start leaves nothing open behind.
    await app.close().catch(() => undefined);
    throw error;
  }
  useOpenApi(app, options.config);
  // Last of all, so that what no route answers is refused like everything else.
  useNotFound(app);
  return app;
}

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import sirv from 'sirv';
import { AppError } from '@sotto/kernel';
import { publicUrl, toProblem, type Config } from '@sotto/platform';

const YEAR_SECONDS = 31_536_000;
const NONCE = '__CSP_NONCE__';
const API = /^\/api\//i;
/** Paths of programs; every other page belongs to the panel. */
const NOT_PANEL = /^\/(api|widget|try|health|socket|assets|dev)(\/|$)/;

/** Headers of every answer. Pages add the content security policy they need. */
export function useHeaders(app: NestExpressApplication, config: Config): void {
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
      },
      crossOriginEmbedderPolicy: false,
      xFrameOptions: { action: 'deny' },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: publicUrl(config).startsWith('https:') ? { maxAge: YEAR_SECONDS, includeSubDomains: false } : false,
    }),
  );
  app.use((request: Request, response: Response, next: NextFunction) => {
    // Answers hold people's data; no cache on the way or on a shared computer may keep them.
    if (API.test(request.path)) response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    next();
  });
}

/** Serves the built panel and the widget's files. */
export function usePages(app: NestExpressApplication, config: Config): void {
  const files = (part: string) => {
    const folder = join(config.webDirectory, part, 'assets');
    // Names carry a hash of the content; the build put a compressed copy beside each. A part that is not built yet is looked for anew each time.
    return sirv(folder, { brotli: true, immutable: true, maxAge: YEAR_SECONDS, etag: true, extensions: [], dev: !existsSync(folder) });
  };
  const widgetFiles = files('widget');
  app.use('/widget/v1/assets', (request: Request, response: Response, next: NextFunction) => {
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    widgetFiles(request, response, next);
  });
  app.use('/assets', files('panel'));
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (request.method !== 'GET' || NOT_PANEL.test(request.path)) next();
    else sendPanel(config, request, response, next);
  });
}

/** Refuses whatever nobody answered. */
export function useNotFound(app: NestExpressApplication): void {
  app.use((_request: Request, response: Response) => {
    response
      .status(404)
      .type('application/problem+json')
      .send(JSON.stringify(toProblem(new AppError('not-found'))));
  });
}

let panel: { modified: number; html: string } | undefined;

function sendPanel(config: Config, request: Request, response: Response, next: NextFunction): void {
  const file = join(config.webDirectory, 'panel', 'index.html');
  if (!existsSync(file) || request.path.includes('.')) {
    next();
    return;
  }
  const modified = statSync(file).mtimeMs;
  if (panel?.modified !== modified) panel = { modified, html: readFileSync(file, 'utf8') };
  const nonce = randomBytes(16).toString('base64');
  const socket = publicUrl(config).replace(/^http/, 'ws');
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; img-src 'self' data:; style-src 'self' 'nonce-${nonce}'; connect-src 'self' ${socket}; frame-ancestors 'none'`,
  );
  response.setHeader('Cache-Control', 'no-store');
  response.type('html').send(panel.html.replaceAll(NONCE, nonce));
}

import { randomBytes } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readableOn } from '@sotto/protocol';
import { z } from 'zod';
import { CONFIG, Public, addressOf, publicUrl, type Config } from '@sotto/platform';
import { InboxKey } from '@sotto/protocol';
import { tryItPage } from './try-it.page.js';
import { WidgetFiles } from './widget-files.js';
import { WidgetService } from './widget.service.js';

const LoaderQuery = z.object({ inbox: InboxKey });
const FrameQuery = z.object({ inbox: InboxKey, language: z.string().max(35).optional() });

const COMMON = "default-src 'none'; base-uri 'none'; form-action 'none'";
const HTML = 'text/html; charset=utf-8';

/** What browsers load: the loader, the frame, and the try-it page. */
@Controller()
export class WidgetPagesController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly files: WidgetFiles,
    private readonly widget: WidgetService,
  ) {}

  @Get('widget/v1/loader.js')
  @Public('Runs on customers’ pages')
  async loader(
    @Req() request: Request,
    @Res() response: Response,
    @Query({ schema: LoaderQuery }) query: z.infer<typeof LoaderQuery>,
  ): Promise<void> {
    const inbox = await this.widget.doorplate(query.inbox);
    await this.widget.noteSighting(inbox, request.headers.referer);
    response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
    // Long enough to spare a visitor the request on the next page, short enough for a new colour.
    response.setHeader('Cache-Control', 'public, max-age=300');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    send(
      request,
      response,
      this.files.loader({ key: inbox.key, colour: inbox.colour, ink: readableOn(inbox.colour), origin: publicUrl(this.config) }),
    );
  }

  @Get('widget/v1/frame')
  @Public('Shown in a frame on customers’ pages, before consent')
  async frame(
    @Req() request: Request,
    @Res() response: Response,
    @Query({ schema: FrameQuery }) query: z.infer<typeof FrameQuery>,
  ): Promise<void> {
    const inbox = await this.widget.doorplate(query.inbox);
    const language = query.language ?? request.headers['accept-language'];
    const settings = await this.widget.config(query.inbox, { language, address: addressOf(request) });
    const ancestors = ["'self'", ...inbox.allowedOrigins].join(' ');
    const socket = publicUrl(this.config).replace(/^http/, 'ws');
    response.setHeader('Content-Type', HTML);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader(
      'Content-Security-Policy',
      `${COMMON}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ${socket}; frame-ancestors ${ancestors}`,
    );
    response.removeHeader('X-Frame-Options');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    send(request, response, this.files.frame(settings));
  }

  @Get('try/:key')
  @Public('Shows the widget as a visitor sees it; the key is public')
  async tryIt(@Req() request: Request, @Res() response: Response, @Param('key', { schema: InboxKey }) key: string): Promise<void> {
    const settings = await this.widget.config(key, { address: addressOf(request) });
    const nonce = randomBytes(16).toString('base64');
    const snippet = `<script async src="${publicUrl(this.config)}/widget/v1/loader.js?inbox=${encodeURIComponent(key)}"></script>`;
    response.setHeader('Content-Type', HTML);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader(
      'Content-Security-Policy',
      `${COMMON}; script-src 'self'; style-src 'nonce-${nonce}'; img-src data:; frame-src 'self'; frame-ancestors 'none'`,
    );
    send(request, response, tryItPage(settings.accountName, snippet, nonce));
  }
}

/** Small answers, compressed where the browser takes it. */
function send(request: Request, response: Response, text: string): void {
  response.vary('Accept-Encoding');
  if (!request.acceptsEncodings('br')) {
    response.send(text);
    return;
  }
  response.setHeader('Content-Encoding', 'br');
  response.send(brotliCompressSync(text));
}

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { notFound } from '@sotto/kernel';
import {
  CONFIG,
  DevMailbox,
  Public,
  canonicalAddress,
  isLoopback,
  mailboxIsOpen,
  publicUrl,
  type Config,
  type KeptMail,
} from '@sotto/platform';
import { z } from 'zod';
import { mailListPage, mailPage } from './dev-mail.page.js';

const MailNumber = z.coerce.number().int().min(1);
const HERE = 'Shows mail to whoever sits at this machine, while no mail server is set';
const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'";
/** Headers a proxy adds: a caller behind one only looks as if they were on this machine. */
const FORWARDED = /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|cf-.*)$/;

function hostOf(request: IncomingMessage): string {
  try {
    return new URL(`http://${request.headers.host}`).hostname;
  } catch {
    return '';
  }
}

/**
 * Whether this request comes from a program on this very machine to a server that is for this machine. The mails hold links
 * that set passwords, so each of these must be so: no mail server is set and the installation serves loopback only
 * (`mailboxIsOpen`); the connection comes from loopback; no proxy passed it on; and the address in the browser is a name of
 * loopback, because a page anywhere may lead its own name here (DNS rebinding).
 */
export function isFromHere(config: Config, request: IncomingMessage): boolean {
  const caller = canonicalAddress(request.socket.remoteAddress ?? '') ?? '';
  return (
    mailboxIsOpen(config) &&
    isLoopback(caller) &&
    isLoopback(hostOf(request)) &&
    !Object.keys(request.headers).some((name) => FORWARDED.test(name))
  );
}

/** The mailbox of an installation without a mail server. Anywhere else it does not exist. */
@Controller('dev')
export class DevMailController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly mailbox: DevMailbox,
  ) {}

  @Get('mail')
  @Public(HERE)
  list(@Req() request: Request, @Res() response: Response): void {
    const nonce = this.open(request, response);
    response.type('html').send(mailListPage(this.mailbox.list(), nonce));
  }

  @Get('mail.json')
  @Public(HERE)
  json(@Req() request: Request, @Res() response: Response): void {
    this.open(request, response);
    response.json({ items: this.mailbox.list() });
  }

  @Get('mail/:number')
  @Public(HERE)
  one(@Req() request: Request, @Res() response: Response, @Param('number', { schema: MailNumber }) number: number): void {
    const nonce = this.open(request, response);
    response.type('html').send(mailPage(this.find(number), publicUrl(this.config), nonce));
  }

  /** The mail as a mail program shows it, where nothing in it may run, load or lead anywhere. */
  @Get('mail/:number/html')
  @Public(HERE)
  html(@Req() request: Request, @Res() response: Response, @Param('number', { schema: MailNumber }) number: number): void {
    this.open(request, response);
    response.removeHeader('X-Frame-Options');
    response.setHeader('Content-Security-Policy', `${CLOSED}; style-src-attr 'unsafe-inline'; frame-ancestors 'self'; sandbox`);
    response.type('html').send(this.find(number).html);
  }

  private find(number: number): KeptMail {
    const mail = this.mailbox.find(number);
    if (!mail) throw notFound();
    return mail;
  }

  /** Lets in only who is here; gives the nonce of the page's style. */
  private open(request: Request, response: Response): string {
    if (!isFromHere(this.config, request)) throw notFound();
    const nonce = randomBytes(16).toString('base64');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Security-Policy', `${CLOSED}; style-src 'nonce-${nonce}'; frame-src 'self'; frame-ancestors 'none'`);
    return nonce;
  }
}

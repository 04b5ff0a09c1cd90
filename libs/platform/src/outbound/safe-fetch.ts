import { request as http, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as https } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/** No answer, or one that is too long or comes too late. The message names no address. */
export class OutboundFailed extends Error {}

export interface SafeFetchInit {
  method?: string;
  headers?: Headers | Record<string, string>;
  body?: string | Uint8Array | URLSearchParams | null;
  signal?: AbortSignal | null;
}

/** Largest answer, in bytes. */
export const MAX_ANSWER = 1024 * 1024;
/** How long all of it may take, in milliseconds. */
const PATIENCE = 10_000;
/** Statuses whose answer has no body (fetch, 2.2.3). */
const BODILESS = new Set([101, 103, 204, 205, 304]);

/** All addresses of a host, each of which may be connected to. */
export type CheckedHost = readonly { address: string; family: 4 | 6 }[];

/** Answers with the addresses that were checked, whatever the name. */
const only =
  (addresses: CheckedHost): LookupFunction =>
  (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
  };

function headersOf(init: SafeFetchInit): Record<string, string> {
  const headers = new Headers(init.headers);
  // Host decides whose certificate is asked for; the answer is not decompressed.
  headers.delete('host');
  headers.set('accept-encoding', 'identity');
  if (init.body instanceof URLSearchParams && !headers.has('content-type'))
    headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8');
  return Object.fromEntries(headers);
}

async function bodyOf(message: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER) throw new OutboundFailed('The answer is too long');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function responseOf(message: IncomingMessage, body: Uint8Array<ArrayBuffer>): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) for (const value of values ?? []) headers.append(name, value);
  const status = message.statusCode ?? 0;
  return new Response(BODILESS.has(status) ? null : body, { status, headers });
}

const answered = (call: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    call.on('response', resolve);
    call.on('error', reject);
  });

/** One request to one of these addresses over a connection of its own. */
export async function requestFrom(addresses: CheckedHost, url: URL, init: SafeFetchInit): Promise<Response> {
  const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE), ...(init.signal ? [init.signal] : [])]);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const call = (url.protocol === 'https:' ? https : http)({
    hostname,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    method: init.method ?? 'GET',
    headers: headersOf(init),
    // Another request's connection may lead elsewhere.
    agent: false,
    lookup: only(addresses),
    signal,
    minVersion: 'TLSv1.2',
    ...(isIP(hostname) ? {} : { servername: hostname }),
  });
  try {
    const response = answered(call);
    call.end(init.body instanceof URLSearchParams ? init.body.toString() : (init.body ?? undefined));
    const message = await response;
    return responseOf(message, await bodyOf(message));
  } catch (error) {
    if (error instanceof OutboundFailed) throw error;
    throw new OutboundFailed(signal.aborted ? 'The server took too long' : 'The server could not be reached', { cause: error });
  } finally {
    call.destroy();
  }
}

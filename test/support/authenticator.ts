import { X509Certificate, createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { selfSigned } from './certificate.js';

const UP = 0x01;
const UV = 0x04;
const AT = 0x40;
const ES256 = -7;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const uint32 = (value: number) => Buffer.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
const cbor = (value: Map<number | string, unknown>) => Buffer.from(isoCBOR.encode(value as never));

/** What the server asks the browser for. */
export interface Asked {
  challenge: string;
  rpId?: string;
  rp?: { id?: string };
  allowCredentials?: { id: string }[];
}

/** Where an answer is to differ from a right one. */
export interface Forgery {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  flags?: number;
  counter?: number;
  /** Id under which another authenticator's answer is given. */
  id?: string;
  attestation?: 'none' | 'self' | 'certificate';
  /** Changes the signed bytes after they were signed. */
  tampered?: boolean;
}

/** A security key of software together with the browser that asks it (WebAuthn Level 3): one credential, ES256. */
export class Authenticator {
  readonly id = randomBytes(32);
  private readonly key: KeyObject;
  private readonly coordinates: { x: Buffer; y: Buffer };
  private uses = 0;

  /** `counts`: whether it counts its signatures. Some always say 0. */
  constructor(
    private readonly origin: string,
    private readonly counts = true,
  ) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.key = privateKey;
    this.coordinates = { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') };
  }

  /** What `navigator.credentials.create` gives back. */
  create(asked: Asked, forged: Forgery = {}): Record<string, unknown> {
    const client = this.clientData('webauthn.create', asked.challenge, forged);
    const { x, y } = this.coordinates;
    const publicKey = cbor(
      new Map<number, unknown>([
        [1, 2],
        [3, ES256],
        [-1, 1],
        [-2, new Uint8Array(x)],
        [-3, new Uint8Array(y)],
      ]),
    );
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.of(0, this.id.length), this.id, publicKey]);
    const data = Buffer.concat([this.authenticatorData(asked.rp?.id ?? '', AT, forged), credential]);
    const [format, statement] = this.attestation(forged.attestation ?? 'none', data, client);
    const object = cbor(
      new Map<string, unknown>([
        ['fmt', format],
        ['attStmt', statement],
        ['authData', new Uint8Array(data)],
      ]),
    );
    return this.answer(forged, {
      clientDataJSON: client.toString('base64url'),
      attestationObject: object.toString('base64url'),
      transports: ['internal', 'carrier-pigeon'],
    });
  }

  /** What `navigator.credentials.get` gives back. */
  get(asked: Asked, forged: Forgery = {}): Record<string, unknown> {
    const client = this.clientData('webauthn.get', asked.challenge, forged);
    const data = this.authenticatorData(asked.rpId ?? '', 0, forged);
    const signature = sign('sha256', Buffer.concat([data, sha256(client)]), this.key);
    if (forged.tampered) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
    return this.answer(forged, {
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    });
  }

  private answer(forged: Forgery, response: object): Record<string, unknown> {
    const id = forged.id ?? this.id.toString('base64url');
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  private clientData(type: string, challenge: string, forged: Forgery): Buffer {
    const data = {
      type: forged.type ?? type,
      challenge: forged.challenge ?? challenge,
      origin: forged.origin ?? this.origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(data));
  }

  private authenticatorData(rpId: string, more: number, forged: Forgery): Buffer {
    if (this.counts) this.uses += 1;
    const flags = (forged.flags ?? UP | UV) | more;
    return Buffer.concat([sha256(forged.rpId ?? rpId), Buffer.of(flags), uint32(forged.counter ?? this.uses)]);
  }

  private attestation(
    kind: 'none' | 'self' | 'certificate',
    data: Buffer,
    client: Buffer,
  ): [format: string, statement: Map<string, unknown>] {
    if (kind === 'none') return ['none', new Map()];
    if (kind === 'self') {
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), this.key);
      const statement: [string, unknown][] = [
        ['alg', ES256],
        ['sig', new Uint8Array(signature)],
      ];
      return ['packed', new Map(statement)];
    }
    // FIDO U2F, with a certificate the caller made.
    const { cert, key } = selfSigned('authenticator.test');
    const { x, y } = this.coordinates;
    const signed = Buffer.concat([Buffer.of(0), data.subarray(0, 32), sha256(client), this.id, Buffer.of(4), x, y]);
    const statement: [string, unknown][] = [
      ['sig', new Uint8Array(sign('sha256', signed, createPrivateKey(key)))],
      ['x5c', [new Uint8Array(new X509Certificate(cert).raw)]],
    ];
    return ['fido-u2f', new Map(statement)];
  }
}

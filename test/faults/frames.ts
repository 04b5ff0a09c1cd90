/** One websocket frame as it travelled (RFC 6455, 5.2), with its payload unmasked. */
export interface Frame {
  raw: Buffer;
  opcode: number;
  final: boolean;
  payload: Buffer;
}

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** Cuts a byte stream into frames. Give it every chunk as it comes; it keeps what is incomplete. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): Frame[] {
    let bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = firstFrame(bytes); frame; frame = firstFrame(bytes)) {
      frames.push(frame);
      bytes = bytes.subarray(frame.raw.length);
    }
    this.rest = bytes;
    return frames;
  }
}

function firstFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const masked = (bytes.readUInt8(1) & 0x80) !== 0;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const header = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < header) return undefined;
  const length = lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < header + length) return undefined;
  const raw = bytes.subarray(0, header + length);
  const payload = masked ? unmask(raw.subarray(header), raw.subarray(header - 4, header)) : raw.subarray(header);
  return { raw, opcode: bytes.readUInt8(0) & 0x0f, final: (bytes.readUInt8(0) & 0x80) !== 0, payload };
}

function unmask(masked: Buffer, key: Buffer): Buffer {
  const plain = Buffer.alloc(masked.length);
  for (let at = 0; at < masked.length; at += 1) plain[at] = (masked[at] ?? 0) ^ (key[at & 3] ?? 0);
  return plain;
}

/** A final frame as a client sends it. The mask is all zeros: allowed, and it costs a load generator nothing. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const lengthBytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + lengthBytes + 4);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(payload.length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

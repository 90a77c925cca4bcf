import { ProtocolError } from './errors.js';

/**
 * Some platforms inflate all they are given before anybody can look at the result. Deflate makes at most
 * some thousand bytes of one, so in slices of this size a bomb goes about 1 MiB beyond the limit.
 */
const sliceBytes = 1024;

/**
 * The content of one zlib stream (RFC 1950). Undefined when the bytes are not one whole stream: some peers
 * set the flag without compressing. Throws a ProtocolError for a content of more than `bytesMax`.
 */
export async function inflate(bytes: Uint8Array, bytesMax: number): Promise<Uint8Array | undefined> {
  if (!beginsLikeZlib(bytes)) return undefined;
  if (typeof DecompressionStream === 'undefined') {
    throw new ProtocolError('the server sent a compressed payload, which this platform cannot inflate');
  }
  const stream = new DecompressionStream('deflate');
  void feed(stream.writable, bytes);
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const part = await reader.read().catch(() => undefined);
    if (part === undefined) return undefined;
    if (part.done) break;
    total += part.value.length;
    if (total > bytesMax) {
      reader.cancel().catch(() => {});
      throw new ProtocolError(`a payload inflates to more than ${bytesMax} bytes`);
    }
    parts.push(part.value);
  }
  const content = joined(parts, total);
  return endsWithChecksumOf(content, bytes) ? content : undefined;
}

async function feed(writable: WritableStream<BufferSource>, bytes: Uint8Array): Promise<void> {
  const writer = writable.getWriter();
  try {
    for (let start = 0; start < bytes.length; start += sliceBytes) {
      await writer.write(bytes.slice(start, start + sliceBytes));
    }
    await writer.close();
  } catch {
    // The reading side is told of it, or has had enough.
  }
}

function joined(parts: Uint8Array[], total: number): Uint8Array {
  const whole = new Uint8Array(total);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function beginsLikeZlib(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0;
}

/** Not every platform minds what follows a stream: its Adler-32 sum has to be the very end. */
function endsWithChecksumOf(content: Uint8Array, bytes: Uint8Array): boolean {
  let low = 1;
  let high = 0;
  for (const byte of content) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  const end = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4);
  return end.getUint16(0) === high && end.getUint16(2) === low;
}

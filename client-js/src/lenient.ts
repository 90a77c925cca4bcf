// Errors and kicks mean what they mean even where their details can't be read.
import { decodeUtf8 } from './bytes.js';
import { ResponseError } from './errors.js';

export function responseError(route: string, payload: Uint8Array): ResponseError {
  const { code, msg } = parse(payload);
  return new ResponseError(route, textOf(code) || 'unknown', textOf(msg));
}

/** Empty when the server gave none. */
export function kickReason(body: Uint8Array): string {
  return textOf(parse(body)['reason']);
}

function parse(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(decodeUtf8(body));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

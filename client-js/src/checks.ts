// The compiler of TypeScript refuses options and listeners of the wrong kind; programs in JavaScript are told
// here, where the mistake is made.
import { NanoError } from './errors.js';

/** The number with that name, or the default. Throws a NanoError if it is no number, or a negative one. */
export function numberOf<Name extends string>(
  options: { readonly [_ in Name]?: number | undefined },
  name: Name,
  byDefault: number,
): number {
  const value: unknown = options[name] ?? byDefault;
  if (typeof value === 'number' && value >= 0) return value;
  const got = typeof value === 'number' ? String(value) : typeof value;
  throw new NanoError(`the option ${name} must be a number that is not negative, got ${got}`);
}

/** Throws a NanoError that has `what` for a name. */
export function checkFunction(what: string, value: unknown, hint = ''): void {
  if (typeof value === 'function') return;
  throw new NanoError(`${what} must be a function, got ${value === null ? 'null' : typeof value}${hint}`);
}

/** Throws a NanoError for one that is not among the known, whose values are of no interest. */
export function checkNames(options: object, known: object): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) {
      throw new NanoError(`there is no option ${name}; there are ${Object.keys(known).join(', ')}`);
    }
  }
}

/** Routes and the 2-byte codes that stand for them on the wire, as the server's handshake gave them. */
export class RouteDictionary {
  readonly #codes = new Map<string, number>();
  readonly #routes = new Map<number, string>();

  constructor(entries: Iterable<readonly [route: string, code: number]> = []) {
    for (const [route, code] of entries) {
      this.#codes.set(route, code);
      this.#routes.set(code, route);
    }
  }

  codeOf(route: string): number | undefined {
    return this.#codes.get(route);
  }

  routeOf(code: number): string | undefined {
    return this.#routes.get(code);
  }
}

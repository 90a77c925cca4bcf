// The server of an example: it serves its page and prints the page's address.
import { ownHost } from '../cluster/loopback.mjs';
import { Program } from './program.mjs';

export class ExampleServer {
  url = '';
  #program;

  /** `variable` is that of the environment which names the program. Port 0: one that the system chooses. */
  static async start(variable, port = 0) {
    const server = new ExampleServer();
    const options = ['--listen-websocket', `${ownHost}:${port}`];
    server.#program = new Program(variable, options, /http:\/\/[\d.]+:\d+\//);
    server.url = await server.#program.address;
    return server;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** Asks the server to end; resolves with its exit code. */
  stop() {
    return this.#program.end();
  }
}

// Starts and stops the server that is named in NANO_CONFORMANCE_SERVER.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const startTimeoutMs = 20_000;
const stopTimeoutMs = 15_000;

export class ConformanceServer {
  tcpPort = 0;
  websocketUrl = '';
  #process;

  /** With these options besides; its addresses are chosen here. */
  static async start(options = []) {
    const program = process.env.NANO_CONFORMANCE_SERVER;
    if (!program) throw new Error('NANO_CONFORMANCE_SERVER must name the server program');
    const server = new ConformanceServer();
    const addresses = ['--listen-tcp', '127.0.0.1:0', '--listen-websocket', '127.0.0.1:0'];
    server.#process = spawn(program, [...addresses, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await server.#listening();
    } catch (error) {
      server.#process.kill('SIGKILL');
      throw error;
    }
    return server;
  }

  /** Asks the server to end; resolves with its exit code. Kills it and rejects if it does not. */
  async stop() {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    const [code, signal] = await exited;
    clearTimeout(timer);
    if (code === null) throw new Error(`the server ended by ${signal}, not by itself after SIGTERM`);
    return code;
  }

  #listening() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error('the server did not print its addresses')),
        startTimeoutMs,
      );
      this.#process.once('error', reject);
      this.#process.once('exit', (code) =>
        reject(new Error(`the server ended with code ${code} before it listened`)),
      );
      createInterface({ input: this.#process.stdout }).on('line', (line) => {
        const tcp = /^tcp 127\.0\.0\.1:(\d+)$/.exec(line);
        const websocket = /^websocket (ws:\S+)$/.exec(line);
        if (tcp) this.tcpPort = Number(tcp[1]);
        if (websocket) this.websocketUrl = websocket[1];
        if (this.tcpPort === 0 || this.websocketUrl === '') return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

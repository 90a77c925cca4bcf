// A peer's server as a process of its own, which ends at the latest when this process does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;
const errorsMax = 20_000;

export class ServerProcess {
  /** "127.0.0.1:PORT" under "tcp" and "websocket", as far as it listens for them. */
  addresses = {};
  version = '';
  #child;
  #exited;
  #errors = '';

  /** Resolves when the server serves. The server must end when its input does. */
  static async start(program, args, env = {}) {
    const server = new ServerProcess();
    server.#child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, ...env } });
    // "close" comes also where the program could not be started, and after its last words.
    server.#exited = once(server.#child, 'close').catch(() => {});
    server.#child.stdin.on('error', () => {}); // it is never written to, only kept open
    server.#child.stderr.on('data', (chunk) => {
      server.#errors = (server.#errors + chunk).slice(-errorsMax);
    });
    try {
      await server.#ready();
    } catch (error) {
      await server.#end('SIGKILL');
      throw error;
    }
    return server;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Asks it to end, and waits until it has. Resolves with its exit code, or null if it had to be killed. */
  async stop() {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await this.#end('SIGTERM');
    clearTimeout(timer);
    return this.#child.exitCode;
  }

  async #end(signal) {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) this.#child.kill(signal);
    await this.#exited;
  }

  #ready() {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const giveUp = (why) => reject(new Error(`${child.spawnargs.join(' ')} ${why}:\n${this.#errors}`));
      const timer = setTimeout(() => giveUp('did not get ready'), startTimeoutMs);
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        giveUp(`ended with ${code ?? signal} before it was ready`);
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [kind, ...values] = line.split(' ');
        if (kind === 'version') this.version = values[1];
        if (kind === 'tcp' || kind === 'websocket') this.addresses[kind] = values[0];
        if (kind !== 'ready') return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

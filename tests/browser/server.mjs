// Starts and stops the server of an example: a program that serves its page and prints the page's address.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const startTimeoutMs = 20_000;

export class ExampleServer {
  url = '';
  #process;

  /** `variable` is that of the environment which names the program. Port 0: one that the system chooses. */
  static async start(variable, port = 0) {
    const program = process.env[variable];
    if (!program) throw new Error(`${variable} must name the server program`);
    const server = new ExampleServer();
    const child = spawn(program, ['--listen-websocket', `127.0.0.1:${port}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    server.#process = child;
    server.url = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the server printed no address')), startTimeoutMs);
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`the server ended with code ${code} before it listened`)),
      );
      createInterface({ input: child.stdout }).on('line', (line) => {
        const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(line);
        if (address === null) return;
        clearTimeout(timer);
        resolve(address[0]);
      });
    }).catch((error) => {
      child.kill('SIGKILL');
      throw error;
    });
    return server;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** Asks the server to end; resolves with its exit code. */
  async stop() {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = await exited;
    return code;
  }
}

// Starts and stops the chat server that is named in NANO_CHAT.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const startTimeoutMs = 20_000;

export class ChatServer {
  url = '';
  #process;

  /** Port 0: one that the system chooses. */
  static async start(port = 0) {
    const program = process.env.NANO_CHAT;
    if (!program) throw new Error('NANO_CHAT must name the chat server program');
    const server = new ChatServer();
    const child = spawn(program, ['--listen-websocket', `127.0.0.1:${port}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    server.#process = child;
    server.url = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the chat server printed no address')), startTimeoutMs);
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`the chat server ended with code ${code} before it listened`)),
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

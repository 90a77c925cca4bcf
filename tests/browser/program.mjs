// A program under test: it prints where it is, and ends when it is asked to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

// Only for what never comes: many times what it takes on a busy machine.
export const patienceMs = 60_000;

export class Program {
  /** Resolves with what it prints about where it is. */
  address;
  #child;

  /**
   * `variable` is that of the environment which names the program. Its address is what matches `line` in what
   * it prints, or the last group of that. `output` is where: 'stdout' or 'stderr'.
   */
  constructor(variable, options, line, output = 'stdout') {
    const path = process.env[variable];
    if (!path) throw new Error(`${variable} must name the program`);
    const [stdout, stderr] = output === 'stdout' ? ['pipe', 'inherit'] : ['inherit', 'pipe'];
    this.#child = spawn(path, options, { stdio: ['ignore', stdout, stderr] });
    this.address = this.#printed(line, this.#child[output]).catch((error) => {
      this.#child.kill('SIGKILL');
      throw new Error(`${path} ${options.join(' ')}: ${error.message}`);
    });
  }

  #printed(line, stream) {
    let timer;
    const printed = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`printed no ${line}`)), patienceMs);
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) =>
        reject(new Error(`ended with ${code ?? signal} before it was ready`)),
      );
      createInterface({ input: stream }).on('line', (text) => {
        const found = line.exec(text);
        if (found !== null) resolve(found.at(-1));
      });
    });
    return printed.finally(() => clearTimeout(timer));
  }

  /** Resolves with the exit code; with null when a signal ended it. */
  async end(signal = 'SIGTERM') {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    let isStuck = false;
    const timer = setTimeout(() => (isStuck = child.kill('SIGKILL')), patienceMs);
    const [code] = await exited;
    clearTimeout(timer);
    if (isStuck) throw new Error(`${child.spawnfile} had not ended ${patienceMs} ms after ${signal}`);
    return code;
  }
}

// Starts etcd, where it is installed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { eventually } from './clients.mjs';
import { nobodysAddress } from './loopback.mjs';
import { freeAddresses } from './nodes.mjs';

const hasEtcd = spawnSync('etcd', ['--version']).status === 0;
/** Options of a test with etcd. */
export const withEtcd = {
  skip: hasEtcd ? false : 'etcd is not installed, so it is not tried as the registry',
};

/** One etcd whose data outlives its process, until the test `t` ends. */
export class Etcd {
  address = '';
  #folder = mkdtempSync(path.join(tmpdir(), 'nano-etcd-'));
  #child;

  static async start(t) {
    const etcd = new Etcd();
    [etcd.address] = await freeAddresses(1);
    t.after(async () => {
      await etcd.kill();
      rmSync(etcd.#folder, { recursive: true, force: true });
    });
    await etcd.start();
    return etcd;
  }

  /** Also after kill(). Resolves when it can be connected to. */
  async start() {
    const url = `http://${this.address}`;
    const nobody = `http://${nobodysAddress}`; // it has no peers
    this.#child = spawn(
      'etcd',
      [
        '--name=test',
        `--data-dir=${path.join(this.#folder, 'data')}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        '--listen-peer-urls=http://127.0.0.1:0',
        `--initial-advertise-peer-urls=${nobody}`,
        `--initial-cluster=test=${nobody}`,
        '--heartbeat-interval=20',
        '--election-timeout=200',
        '--backend-batch-limit=1', // what was done stays done after a kill
        '--logger=zap',
        `--log-outputs=${path.join(this.#folder, 'log')}`,
      ],
      { stdio: 'ignore' },
    );
    await eventually(async () => {
      const [host, port] = this.address.split(':');
      const socket = net.connect({ host, port: Number(port) });
      try {
        await once(socket, 'connect');
        return true;
      } finally {
        socket.destroy();
      }
    });
  }

  async kill() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

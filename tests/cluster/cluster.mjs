// A cluster of our nodes for one test: a master, and the gates and backends that the test adds.
import assert from 'node:assert/strict';

import { clientOf, eventually, eventuallyEqual, reachable } from './clients.mjs';
import { ownHost } from './loopback.mjs';
import { launchNode } from './nodes.mjs';
import { Proxy } from './proxy.mjs';

/** Backends offer this. */
export const service = 'Room';

export class Cluster {
  /** The master's address, or etcd's. */
  registry = '';
  #t;
  #flags;

  /** `registry`: where there is no master; `masterAddress`: where there is one; `flags`: of all nodes. */
  static async start(t, { registry, masterAddress, flags = [] } = {}) {
    const cluster = new Cluster();
    cluster.#t = t;
    cluster.#flags = flags;
    cluster.registry = registry;
    if (!registry) {
      cluster.master = await cluster.node({ master: true, address: masterAddress });
      cluster.registry = cluster.master.address;
    }
    return cluster;
  }

  /** See launchNode(); stopped when the test ends. */
  launch({ flags = [], ...options }) {
    const registry = options.master ? undefined : this.registry;
    const node = launchNode({ registry, flags: [...this.#flags, ...flags], ...options });
    this.#t.after(() => node.kill());
    return node;
  }

  async node(options) {
    const node = this.launch(options);
    await node.ready;
    return node;
  }

  gate(options) {
    return this.node({ gate: true, ...options });
  }

  /** It takes clients, too, so that a test can ask it whatever happens between it and the gates. */
  backend(label, options) {
    return this.node({ label, service, gate: true, ...options });
  }

  /** A backend that all others reach through a proxy only. */
  async backendBehindProxy(label) {
    const proxy = await Proxy.start(this.#t);
    const { address } = proxy;
    const flags = ['--log-level', 'info'];
    const backend = this.launch({ label, service, gate: true, address, listen: `${ownHost}:0`, flags });
    const [, listening] = await backend.logged(/cluster node listening .* on=(\S+)\n/);
    proxy.passTo(listening);
    await backend.ready;
    return { backend, proxy };
  }

  client(gate) {
    return clientOf(this.#t, gate);
  }

  /** A client of the gate that the backend of this label serves. */
  clientServedBy(gate, label) {
    return eventually(async () => {
      const client = await this.client(gate);
      await reachable(client, service);
      if ((await labelOf(client)) === label) return client;
      client.close();
      return undefined;
    });
  }
}

/** Which backend serves the client. */
export async function labelOf(client) {
  return (await client.request(`${service}.Where`, {})).label;
}

/** Asks on and on. The function that it returns ends that, and tells how often or which answer was wrong. */
export function keepAsking(client, what = service) {
  let asking = true;
  const run = async () => {
    let n = 0;
    for (; asking; ++n) {
      assert.deepEqual(await client.request(`${what}.Echo`, { n }), { n });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return n;
  };
  const done = run();
  done.catch(() => {});
  return async () => {
    asking = false;
    return await done;
  };
}

/** The request is answered with the error that a service which is lost gives. */
export function unavailable(request) {
  return assert.rejects(request, { name: 'ResponseError', code: 'unavailable' });
}

/**
 * The requests fail because the backend that has them says nothing: the gate finds that out itself, or, if it
 * is held up, is told by the master.
 */
export async function lostBySilence(cluster, gate, backend, requests) {
  const errors = await Promise.all(requests.map((request) => request.then(assert.fail, (error) => error)));
  const [{ msg: why }] = errors;
  for (const { code, msg } of errors) assert.deepEqual({ code, msg }, { code: 'unavailable', msg: why });
  if (why === 'The service is gone.') {
    await cluster.master.logged(`cluster member gone address=${backend.address}`);
  } else {
    assert.equal(why, 'The service cannot be reached.');
    await gate.logged(reasonOf(backend, ['it fell silent', 'it does not answer', 'failed to connect[^"]*']));
  }
}

/**
 * The answer is the body. Or it is an error, where the backend was held up for so long that the gate took it
 * for unreachable, and said so, with its own reason or the network's.
 */
export async function answeredUnlessHeldUp(gate, backend, request, body) {
  try {
    assert.deepEqual(await request, body);
  } catch (error) {
    if (error.code !== 'unavailable') throw error;
    const impossible = 'it counts|it does not welcome|it has forgotten|its process|a message is missing';
    await gate.logged(reasonOf(backend, [`(?!${impossible})[^"]+`]));
  }
}

/** What stands in a log that has one of these reasons for what happened to the node. */
export function reasonOf(node, reasons) {
  return new RegExp(`node=${node.address.replaceAll('.', '\\.')} reason="(${reasons.join('|')})"`);
}

/** A request whose answer is looked at later; it may be an error by then. */
export function ask(client, method, body) {
  const answer = client.request(`${service}.${method}`, body);
  answer.catch(() => {});
  return answer;
}

/** Waits until the service has all that the client sent before. */
export function settled(client) {
  return client.request(`${service}.Echo`, {});
}

/** Resolves when the node's service was told that the sessions of these marks have closed, and no others. */
export async function closedMarks(client, marks) {
  const told = async () => (await client.request(`${service}.Closed`, {})).marks.sort();
  await eventuallyEqual(told, [...marks].sort());
}

/** Names the client's session for closedMarks(). */
export async function mark(client, text) {
  const marked = client.once('onMark', { timeoutMs: 10_000 });
  client.notify(`${service}.Mark`, { text });
  await marked;
}

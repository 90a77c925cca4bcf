// The peers of benchmark/peers as servers of the runner (servers.mjs says what that is).
import { peers as all } from '../peers/peers.mjs';

export const peerNames = Object.keys(all);

function asServer(peer) {
  return {
    unavailable: () => null,
    transports: (scenario) => peer.scenarios[scenario] ?? [],
    start: async ({ transport }) => {
      const server = await peer.start({ transport });
      return { pids: { server: server.pid }, addresses: server.addresses, stop: () => server.stop() };
    },
    flags: (scenario) => peer.flags(scenario),
  };
}

/** What `start` tells of itself; a peer that does not start is left out, too. */
async function versionOf(peer) {
  const transport = Object.values(peer.scenarios)[0][0];
  const server = await peer.start({ transport });
  await server.stop();
  return server.version;
}

/**
 * Prepares those that can run here: `servers` and `versions` by name, and a sentence in `left_out` for each
 * that cannot. What they build goes into `folder`.
 */
export async function installPeers(names, folder, peers = all) {
  const servers = {};
  const versions = {};
  const left_out = [];
  for (const name of names) {
    const why = await peers[name].available();
    if (why !== null) {
      left_out.push(`${name}: ${why}`);
      continue;
    }
    try {
      await peers[name].install(folder);
      versions[name] = await versionOf(peers[name]);
      servers[name] = asServer(peers[name]);
    } catch (error) {
      left_out.push(`${name}: ${error.message.trim()}`);
    }
  }
  return { servers, versions, left_out };
}

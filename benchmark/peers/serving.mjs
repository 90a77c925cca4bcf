// What the peers' servers on Node all do: say what they are and where they listen, and end when they should.
import { createRequire } from 'node:module';

/** The version of an installed package, as seen from the module at `moduleUrl`. */
export function installedVersion(packageName, moduleUrl) {
  // Some packages do not export their package.json, so it is looked for where packages lie.
  const require = createRequire(moduleUrl);
  for (const folder of require.resolve.paths(packageName)) {
    try {
      return require(`${folder}/${packageName}/package.json`).version;
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(`${packageName} is not installed`);
}

/** `kinds`: "tcp" or "websocket", all served at `address`, which is what Node tells of a listening server. */
export function announce(name, version, kinds, address) {
  const listeners = kinds.map((kind) => `${kind} ${address.address}:${address.port}\n`).join('');
  process.stdout.write(`version ${name} ${version}\n${listeners}ready\n`);
}

/** Ends this process on SIGTERM, and with its input when started with --end-with-input. */
export function endWhenTold() {
  const end = () => process.exit(0);
  process.on('SIGTERM', end);
  if (process.argv.includes('--end-with-input')) process.stdin.on('end', end).on('error', end).resume();
}

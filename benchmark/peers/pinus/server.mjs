// The benchmark's server on pinus: one connector, which serves TCP and WebSocket on the same port.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { announce, endWhenTold, installedVersion } from '../serving.mjs';
import { NoMaster } from './no_master.mjs';

// Production as in the template of pinus, without its loggers, and its command line for a connector. It reads
// both while it is loaded.
process.env.NODE_ENV = 'production';
process.env.POMELO_LOGGER = 'off';
endWhenTold();
const folder = fileURLToPath(new URL('.', import.meta.url));
process.argv = [
  process.argv[0],
  fileURLToPath(import.meta.url),
  ...['env=production', 'id=connector', 'serverType=connector'],
  ...['host=127.0.0.1', 'clientPort=0', 'frontend=true'],
];

const require = createRequire(import.meta.url);
require('reflect-metadata'); // the one part of the template's preload that pinus needs; bluebird is left out
const { pinus } = require('pinus');
const app = pinus.createApp({ base: folder });
app.set('name', 'bench');
app.set('connectorConfig', {
  connector: pinus.connectors.hybridconnector,
  distinctHost: true, // listens at host, not everywhere
  setNoDelay: true,
  heartbeat: 30, // seconds; the template has 3, which would cost this server more than the others
  useDict: false, // the load generator reads neither codes of routes nor the protobuf of pinus
  useProtobuf: false,
});
app.set('monitorConfig', { closeWatcher: true, monitorAgentClientFactory: () => new NoMaster() });
app.start((error) => {
  if (error) throw error;
  const { listeningServer } = app.components.__connector__.connector;
  const told = () => {
    const version = installedVersion('pinus', import.meta.url);
    announce('pinus', version, ['tcp', 'websocket'], listeningServer.address());
  };
  if (listeningServer.listening) told();
  else listeningServer.once('listening', told);
});

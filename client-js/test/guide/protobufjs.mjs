import { byRoute, connect, protobufjsSerializer } from 'nano-client';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Ping { string content = 1; }
`);
const Ping = root.lookupType('Ping');

const client = await connect(url, {
  serializer: byRoute({
    'Proto.Echo': protobufjsSerializer({ request: Ping, response: Ping }),
    onPing: protobufjsSerializer({ push: Ping }),
  }),
});

const pong = await client.request('Proto.Echo', { content: 'hello' });
show(pong.content);

client.close();

// What the compiler lets pass and what not, without the routes of a server. Only compiled, never run.
import WebSocket from 'ws';

import {
  bufbuildSerializer,
  byRoute,
  connect,
  protobufjsSerializer,
  rawSerializer,
  type Client,
  type StateChange,
} from 'nano-client';
import * as bufbuild from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import protobufjs from 'protobufjs';

const client: Client = await connect('ws://localhost/nano', {
  webSocket: WebSocket,
  queueNotifies: { max: 10 },
  onState: ({ state }) => state === 'connecting',
  serializer: byRoute({
    'Bench.Echo': rawSerializer,
    'Proto.Wait': bufbuildSerializer(bufbuild, { request: DurationSchema }),
    'Proto.Echo': protobufjsSerializer({ request: new protobufjs.Type('Ping') }),
  }),
});

const reply: unknown = await client.request(
  'Room.Join',
  { name: 'Ada' },
  { signal: AbortSignal.timeout(10) },
);
const { members } = await client.request<{ members: string[] }>('Room.Join', { name: 'Ada' });
const names: string = members.join(', ');
client.on('onMessage', (message: { text: string }) => message.text);
client.on<{ text: string }>('onMessage', ({ text }) => text);
for await (const { text } of client.pushes<{ text: string }>('onMessage')) client.notify('Room.Say', text);
const { text } = await client.once<{ text: string }>('onMessage');
client.onState((change: StateChange) => {
  if (change.state === 'closed' && change.error.reason === 'kick') return change.error.detail;
  if (change.state === 'reconnecting') return change.delayMs;
  // @ts-expect-error: not every state has an error
  return change.error;
});

// @ts-expect-error: without a type it is unknown
reply.members;
// @ts-expect-error: no such option
connect('ws://localhost/nano', { reconnects: true });
// @ts-expect-error: a route is text
client.request(7);

export { names, text };

// What the compiler lets pass and what not, with the routes of a server. Only compiled, never run.
import { connect, type RouteTypes, type TypedClient } from 'nano-client';

import type { JoinReply, Message, Routes } from './routes.js';

/** An error of the compiler unless both types are the same. */
function same<Wanted>() {
  return <Got>(_value: Got, ..._same: Equal<Wanted, Got> extends true ? [] : ['not the same']): void => {};
}
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

const client = await connect<Routes>('ws://localhost/nano', { reconnect: true });
same<TypedClient<Routes>>()(client);

// Requests.
same<JoinReply>()(await client.request('Room.Join', { name: 'Ada' }));
same<JoinReply>()(await client.request('Room.Join', { name: 'Ada', colour: 'red' }, { timeoutMs: 1000 }));
same<void>()(await client.request('Room.Say', { text: 'Hello!' }));
same<Message[]>()(await client.request('Room.List'));
same<Message[]>()(await client.request('Room.List', undefined, { signal: new AbortController().signal }));
same<Uint8Array>()(await client.request('Bench.Echo', Uint8Array.of(1)));
// @ts-expect-error: no such route
client.request('Room.Jion', { name: 'Ada' });
// @ts-expect-error: a push is not a handler
client.request('onMessage', {});
// @ts-expect-error: no such member
client.request('Room.Join', { nmae: 'Ada' });
// @ts-expect-error: a member of another type
client.request('Room.Join', { name: 7 });
// @ts-expect-error: not one of the words
client.request('Room.Join', { name: 'Ada', colour: 'blue' });
// @ts-expect-error: a member more than there is
client.request('Room.Join', { name: 'Ada', age: 36 });
// @ts-expect-error: the body is missing
client.request('Room.Join');
// @ts-expect-error: this handler takes no body
client.request('Room.List', { page: 1 });
// @ts-expect-error: text where bytes are wanted
client.request('Bench.Echo', 'text');
// @ts-expect-error: no such option
client.request('Room.Join', { name: 'Ada' }, { timeout: 1 });
// @ts-expect-error: no such member in the response
(await client.request('Room.Join', { name: 'Ada' })).member;

// Notifies.
same<boolean>()(client.notify('Room.Say', { text: 'Hello!' }));
client.notify('Room.List');
// @ts-expect-error: no such member
client.notify('Room.Say', { words: 'Hello!' });
// @ts-expect-error: the body is missing
client.notify('Room.Say');
// @ts-expect-error: no such route
client.notify('Room.Shout', { text: 'Hello!' });

// Pushes.
client.on('onMessage', (message) => same<Message>()(message));
const listener = ({ text }: { text: string }) => text;
client.on('onMessage', listener);
client.off('onMessage', listener);
const stop: () => void = client.once('onMessage', (message) => same<Message>()(message));
stop();
same<Message>()(await client.once('onMessage'));
same<Message>()(await client.once('onMessage', { timeoutMs: 10 }));
for await (const message of client.pushes('onMessage', { max: 10 })) same<Message>()(message);
// @ts-expect-error: a handler is no push
client.on('Room.Join', () => {});
// @ts-expect-error: no such push
client.once('onMesage');
// @ts-expect-error: no such push
client.pushes('onMesage');
// @ts-expect-error: a listener for something else
client.on('onMessage', (message: number) => message);
// @ts-expect-error: no such member
client.on('onMessage', (message) => message.txt);

// Messages of protobuf are the application's own classes.
interface Ping {
  content: string;
}
const withProtobuf = await connect<Routes<{ 'demo.Ping': Ping }>>('ws://localhost/nano');
same<Ping>()(await withProtobuf.request('Proto.Echo', { content: 'hello' }));
// @ts-expect-error: no such member
withProtobuf.request('Proto.Echo', { contents: 'hello' });

// Routes written by hand, as interfaces in interfaces.
interface Handlers {
  'Room.Join': { request: { name: string }; response: JoinReply };
}
interface NoPushes {}
const byHand = await connect<{ handlers: Handlers; pushes: NoPushes }>('ws://localhost/nano');
same<JoinReply>()(await byHand.request('Room.Join', { name: 'Ada' }));

// A function for all clients that have what it needs.
async function join<R extends RouteTypes & Pick<Routes, 'handlers'>>(room: TypedClient<R>): Promise<void> {
  room.close();
}
await join(client);
// @ts-expect-error: these are no routes
connect<{ 'Room.Join': 1 }>('ws://localhost/nano');

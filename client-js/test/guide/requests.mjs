import { connect, ConnectionClosedError, ResponseError, TimeoutError } from 'nano-client';

const client = await connect(url);

try {
  await client.request('Room.Join', { name: 'Grace' });
} catch (error) {
  if (error instanceof ResponseError) show(`${error.code}: ${error.msg}`);
  else if (error instanceof TimeoutError) show('The server took too long.');
  else if (error instanceof ConnectionClosedError) show(`The connection is gone: ${error.reason}`);
  else throw error;
}

const search = new AbortController();
const match = client.request('Room.FindMatch', { level: 7 }, { timeoutMs: 60_000, signal: search.signal });
// The player leaves the lobby:
search.abort('the search was called off');
await match.catch((reason) => show(reason));

client.close();

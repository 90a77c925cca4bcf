import { connect } from 'nano-client';

const client = await connect(url, {
  reconnect: { minDelayMs: 10, maxDelayMs: 5000 },
  queueNotifies: { max: 20 },
  onState: ({ state }) => show(state),
});

async function join() {
  await client.request('Room.Join', { name: 'Ada' });
  show('joined');
}

await join();
client.onState(({ state, error }) => {
  if (state === 'open') return join();
  if (state === 'closed' && error.reason === 'kick') show(`kicked: ${error.detail}`);
});

client.notify('Test.DropConnection');
await new Promise((resolve) => {
  client.onState(({ state }) => state === 'reconnecting' && resolve());
});
client.notify('Room.Say', { text: 'said while there was no connection' });
show((await client.once('onMessage')).text);
client.notify('Test.KickMe');

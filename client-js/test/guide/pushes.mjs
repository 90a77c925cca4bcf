import { connect } from 'nano-client';

const client = await connect(url);
await client.request('Room.Join', { name: 'Ada' });

const stop = client.on('onMessage', (message) => show(message.text));
client.notify('Room.Say', { text: 'one' });

const message = await client.once('onMessage', { timeoutMs: 5000 });
show(`${message.name} has spoken`);
stop();

const messages = client.pushes('onMessage');
client.notify('Room.Say', { text: 'two' });
client.notify('Room.Say', { text: 'bye' });
for await (const { text } of messages) {
  show(text);
  if (text === 'bye') break;
}

client.close();

import { connect } from 'nano-client';

const client = await connect(url, { user: { token: 'secret' }, reconnect: true });

client.on('onMessage', (message) => show(`${message.name}: ${message.text}`));

const { members } = await client.request('Room.Join', { name: 'Ada' });
show(`${members.length} in the room`);

client.notify('Room.Say', { text: 'Hello!' });

await client.once('onMessage');
client.close();

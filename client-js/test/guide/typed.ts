import { connect } from 'nano-client';
import type { Routes } from './routes.js';

const client = await connect<Routes>(url);

client.on('onMessage', (message) => show(`${message.name}: ${message.text}`));

const { members } = await client.request('Room.Join', { name: 'Ada' });
show(`${members.length} in the room`);
client.notify('Room.Say', { text: 'Hello!' });

// @ts-expect-error: 'nmae' does not exist in type 'JoinRequest'
client.request('Room.Join', { nmae: 'Ada' }).catch(() => {});

await client.once('onMessage');
client.close();

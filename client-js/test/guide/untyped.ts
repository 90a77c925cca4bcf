import { connect } from 'nano-client';

const client = await connect(url);
const { members } = await client.request<{ members: string[] }>('Room.Join', { name: 'Ada' });
show(members.length);
client.close();

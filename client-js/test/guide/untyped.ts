import { connect } from 'nano-client';

const client = await connect(url);
const { members } = await client.request<{ members: number }>('Room.Join', { name: 'Ada' });
show(members);
client.close();

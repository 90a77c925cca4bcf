const { connect } = require('nano-client');

connect(url).then(async (client) => {
  const { members } = await client.request('Room.Join', { name: 'Ada' });
  show(`${members} in the room`);
  client.close();
});

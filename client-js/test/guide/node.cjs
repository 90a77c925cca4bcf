const { connect } = require('nano-client');

connect(url).then(async (client) => {
  const { members } = await client.request('Room.Join', { name: 'Ada' });
  show(`${members.length} in the room`);
  client.close();
});

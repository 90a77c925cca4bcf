// The handlers of the benchmark: their routes are connector.bench.Echo and so on.
const channelName = 'room';

class BenchHandler {
  constructor(app) {
    this.app = app;
    this.name = 'bench';
  }

  // Pinus has decoded the JSON, and encodes what is answered.
  async Echo(message) {
    return message;
  }

  // A channel knows its members as users, so a session is bound to one first.
  async Join(message, session) {
    await session.abind(`user ${session.id}`);
    this.app.get('channelService').getChannel(channelName, true).add(session.uid, session.frontendId);
    return {};
  }

  async Say(message) {
    const channel = this.app.get('channelService').getChannel(channelName, true);
    channel.pushMessage('onSay', message, {}, () => {});
  }
}

module.exports.default = (app) => new BenchHandler(app);

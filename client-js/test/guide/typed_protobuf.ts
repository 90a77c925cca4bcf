import { connect, type Serializer, type TypedClient } from 'nano-client';

interface Ping {
  content: string;
}

interface Routes<P extends { 'testdata.Ping': unknown } = { 'testdata.Ping': unknown }> {
  handlers: {
    'Proto.Echo': { request: P['testdata.Ping']; response: P['testdata.Ping'] };
  };
  pushes: {};
}

type GameRoutes = Routes<{ 'testdata.Ping': Ping }>;

async function connectToGame(serializer: Serializer): Promise<TypedClient<GameRoutes>> {
  return connect<GameRoutes>(url, { serializer });
}

export { connectToGame };

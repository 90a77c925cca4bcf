import { connect } from 'nano-client';
import WebSocket from 'ws';

const client = await connect(url, { webSocket: WebSocket });
show(client.state);
client.close();

// What the programs of the guide find: the address of a server, a place to show things, and a WebSocket,
// which Node has from version 22 on.
import WebSocket from 'ws';

globalThis.url = process.env.GAME_URL;
globalThis.show = (what) => console.log(String(what));
globalThis.WebSocket ??= WebSocket;

// Routes of a chat room, in the form in which a server prints them with --print-routes ts.

export interface JoinRequest {
  name: string;
  colour?: Colour;
}
export type Colour = 'red' | 'green';
export interface JoinReply {
  members: string[];
}
export interface SayRequest {
  text: string;
}
export interface Message {
  name: string;
  text: string;
  time: number;
}

export interface Routes<P extends { 'demo.Ping': unknown } = { 'demo.Ping': unknown }> {
  handlers: {
    'Room.Join': { request: JoinRequest; response: JoinReply };
    'Room.Say': { request: SayRequest; response: void };
    'Room.List': { request: void; response: Message[] };
    'Bench.Echo': { request: Uint8Array; response: Uint8Array };
    'Proto.Echo': { request: P['demo.Ping']; response: P['demo.Ping'] };
  };
  pushes: {
    onMessage: Message;
    onStart: void;
  };
}

// Routes of nano-chat, as printed by `nano-chat --print-routes ts`. Do not edit.

export interface JoinRequest {
  name: string;
}

export interface JoinReply {
  members: number;
}

export interface SayRequest {
  text: string;
}

export interface Message {
  name: string;
  text: string;
}

export interface Routes {
  handlers: {
    'Room.Join': { request: JoinRequest; response: JoinReply };
    'Room.Say': { request: SayRequest; response: void };
  };
  pushes: {
    'onMessage': Message;
  };
}

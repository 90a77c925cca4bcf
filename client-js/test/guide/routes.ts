// Routes of nano-chat, as printed by `nano-chat --print-routes ts`. Do not edit.

export interface JoinRequest {
  name: string;
}

export interface JoinReply {
  name: string;
  members: string[];
  history: Message[];
}

export interface Message {
  name: string;
  text: string;
  time: number;
}

export interface SayRequest {
  text: string;
}

export interface MembersChanged {
  name: string;
  members: string[];
}

export interface Routes {
  handlers: {
    'Room.Join': { request: JoinRequest; response: JoinReply };
    'Room.Say': { request: SayRequest; response: void };
  };
  pushes: {
    'onJoin': MembersChanged;
    'onLeave': MembersChanged;
    'onMessage': Message;
  };
}

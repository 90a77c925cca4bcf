// Routes of nano-cluster, as printed by `nano-cluster --print-routes ts`. Do not edit.

export interface LoginRequest {
  name: string;
  room: string;
}

export interface LoginReply {
  name: string;
  room: string;
  gate: string;
}

export interface JoinReply {
  node: string;
  members: string[];
  history: Message[];
}

export interface Message {
  name: string;
  text: string;
  time: number;
  node: string;
}

export interface SayRequest {
  text: string;
}

export interface Totals {
  online: number;
  messages: number;
}

export interface MembersChanged {
  name: string;
  members: string[];
}

export interface ServiceLost {
  service: string;
}

export interface Routes {
  handlers: {
    'Gate.Login': { request: LoginRequest; response: LoginReply };
    'Room.Join': { request: void; response: JoinReply };
    'Room.Leave': { request: void; response: void };
    'Room.Say': { request: SayRequest; response: void };
    'Stats.Came': { request: void; response: void };
    'Stats.Said': { request: void; response: void };
    'Stats.Totals': { request: void; response: Totals };
  };
  pushes: {
    'onJoin': MembersChanged;
    'onLeave': MembersChanged;
    'onMessage': Message;
    'onServiceLost': ServiceLost;
  };
}

// Routes of nano-tadpole, as printed by `nano-tadpole --print-routes ts`. Do not edit.

export interface EnterRequest {
  name: string;
}

export interface EnterReply {
  id: number;
  name: string;
  tick: number;
  rules: Rules;
  self: Swimmer;
  visitors: number;
}

export interface Rules {
  width: number;
  height: number;
  tick_hz: number;
  speed_max: number;
  acceleration: number;
  turn: number;
}

export interface Swimmer {
  id: number;
  x: number;
  y: number;
  heading: number;
  speed: number;
}

export interface SayRequest {
  text: string;
}

export interface Stats {
  visitors: number;
  tick_hz: number;
  ticks_per_second: number;
  ticks: number;
  tick_ms_mean: number;
  tick_ms_99th: number;
  tick_ms_max: number;
  lateness_ms_99th: number;
  lateness_ms_max: number;
}

export interface SteerRequest {
  heading: number;
  thrust: number;
}

export interface Moves {
  tick: number;
  moved: Swimmer[];
}

export interface Said {
  id: number;
  text: string;
}

export interface ViewChanged {
  tick: number;
  came: Arrival[];
  gone: number[];
}

export interface Arrival {
  swimmer: Swimmer;
  name: string;
}

export interface Visitors {
  visitors: number;
}

export interface Routes {
  handlers: {
    'Pond.Enter': { request: EnterRequest; response: EnterReply };
    'Pond.Say': { request: SayRequest; response: void };
    'Pond.Stats': { request: void; response: Stats };
    'Pond.Steer': { request: SteerRequest; response: void };
  };
  pushes: {
    'onMoves': Moves;
    'onSay': Said;
    'onView': ViewChanged;
    'onVisitors': Visitors;
  };
}

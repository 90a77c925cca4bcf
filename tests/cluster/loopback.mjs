/**
 * An address of this machine that is this process's own, so that a port of it which is free for a moment (a
 * server restarts) is not taken by the other tests that run at the same time. On Linux all of 127.0.0.0/8 is
 * loopback, and process ids have 22 bits at most.
 */
export const ownHost = [127, 64 + (process.pid >> 16), (process.pid >> 8) & 255, process.pid & 255].join('.');

/** Where nobody listens: the port of a service (tcpmux) that is not used any more. */
export const nobodysAddress = '127.0.0.1:1';

// Mouse, touch and keys: whither the visitor wants to swim.
import { clamp, wrapped } from './swimming.js';

const restWithinPx = 26;
const fullThrustPx = 190;
const jitterPx = 3;
/** How far ahead of the tadpole's nose the keys aim. */
const keyTurn = 0.9;

const directions = new Map([
  ['ArrowUp', 'ahead'],
  ['KeyW', 'ahead'],
  ['ArrowDown', 'back'],
  ['KeyS', 'back'],
  ['ArrowLeft', 'left'],
  ['KeyA', 'left'],
  ['ArrowRight', 'right'],
  ['KeyD', 'right'],
]);

export class Input {
  /** Where the pointer leads, in pixels of the page; null when it leads nowhere. */
  #pointer = null;
  #touch = null;
  #keys = new Set();
  #keysLead = false;

  /** Listens to pointers on `pond` and to keys in the whole page. */
  constructor(pond) {
    pond.addEventListener('pointerdown', (event) => this.#pointerDown(pond, event));
    pond.addEventListener('pointermove', (event) => this.#pointerMoved(event));
    pond.addEventListener('pointerup', (event) => this.#pointerGone(event));
    pond.addEventListener('pointercancel', (event) => this.#pointerGone(event));
    pond.addEventListener('pointerleave', (event) => this.#pointerGone(event));
    // The message being written keeps the focus, and on phones its keyboard.
    for (const type of ['mousedown', 'touchstart', 'contextmenu']) {
      pond.addEventListener(type, (event) => event.preventDefault(), { passive: false });
    }
    addEventListener('keydown', (event) => this.#keyDown(event));
    addEventListener('keyup', (event) => this.#keys.delete(directions.get(event.code)));
    addEventListener('blur', () => this.rest());
    document.addEventListener('visibilitychange', () => this.rest());
  }

  /** Forgets what is pressed and pointed at. */
  rest() {
    this.#pointer = null;
    this.#touch = null;
    this.#keys.clear();
  }

  /**
   * What to send: {heading, thrust} in milliradians and percent. `body` is the own tadpole, `place` where it
   * is on the page, in pixels.
   */
  steering(body, place) {
    if (this.#keysLead) return this.#steeringByKeys(body);
    if (this.#pointer === null) return { heading: milliradians(body.heading), thrust: 0 };
    const right = this.#pointer.x - place.x;
    const down = this.#pointer.y - place.y;
    const distance = Math.hypot(right, down);
    if (distance < restWithinPx) return { heading: milliradians(body.heading), thrust: 0 };
    const share = (distance - restWithinPx) / (fullThrustPx - restWithinPx);
    return {
      heading: milliradians(Math.atan2(down, right)),
      thrust: Math.round(clamp(18 + 82 * share, 18, 100)),
    };
  }

  #steeringByKeys({ heading }) {
    const turn = Number(this.#keys.has('right')) - Number(this.#keys.has('left'));
    const thrust = this.#keys.has('back') ? 0 : this.#keys.has('ahead') ? 100 : turn === 0 ? 0 : 30;
    return { heading: milliradians(wrapped(heading + turn * keyTurn)), thrust };
  }

  #pointerDown(pond, event) {
    if (event.pointerType !== 'mouse') {
      if (this.#touch !== null) return;
      this.#touch = event.pointerId;
      pond.setPointerCapture(event.pointerId);
    }
    this.#leadByPointer(event);
  }

  #pointerMoved(event) {
    if (event.pointerType === 'mouse') {
      if (this.#keysLead && Math.hypot(event.movementX, event.movementY) < jitterPx) return;
      this.#leadByPointer(event);
    } else if (event.pointerId === this.#touch) {
      this.#leadByPointer(event);
    }
  }

  #leadByPointer(event) {
    this.#keysLead = false;
    this.#pointer = { x: event.clientX, y: event.clientY };
  }

  #pointerGone(event) {
    if (event.pointerType === 'mouse') {
      if (event.type === 'pointerleave') this.#pointer = null;
    } else if (event.pointerId === this.#touch) {
      this.#touch = null;
      this.#pointer = null;
    }
  }

  #keyDown(event) {
    const direction = directions.get(event.code);
    if (direction === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    this.#keys.add(direction);
    this.#keysLead = true;
  }
}

function milliradians(angle) {
  return Math.round(angle * 1000);
}

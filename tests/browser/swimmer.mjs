// What visitors do and see on the pond's page. Tadpoles are pictures, so `window.pond` tells where they are.
import { patienceMs } from './program.mjs';
import { Visitor } from './visitors.mjs';

/** A small window: several of them share the machine, and each draws all the time. */
const smallWindow = { width: 640, height: 480 };

export class SwimmingVisitor extends Visitor {
  static arrive(t, browser, url, options = {}) {
    return super.arrive(t, browser, url, { viewport: smallWindow, ...options });
  }

  async submitName(name) {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByRole('button', { name: 'Dive in' }).click();
  }

  async enter(name) {
    await this.submitName(name);
    await this.waitsFor(
      `${name} in the pond`,
      () => window.pond.self !== null && !document.getElementById('around').hidden,
    );
  }

  async say(text) {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** {id, name, x, y, heading, speed, speech} of the visitor's own tadpole. */
  self() {
    return this.page.evaluate(() => window.pond.self);
  }

  /** The same of somebody else's, once it is in view. */
  seesTadpole(name) {
    return this.waitsFor(
      `the tadpole ${name}`,
      (name) => window.pond.tadpoles.find((tadpole) => tadpole.name === name),
      name,
    );
  }

  async seesNoTadpole(name) {
    await this.waitsFor(
      `no tadpole ${name}`,
      (name) => window.pond.self !== null && window.pond.tadpoles.every((tadpole) => tadpole.name !== name),
      name,
    );
  }

  /** Waits until that tadpole is so many units below where it was seen before. */
  async seesBelow(before, units) {
    await this.waitsFor(
      `${before.name} ${units} units below ${before.y}`,
      ([{ name, y }, units]) =>
        window.pond.tadpoles.some((tadpole) => tadpole.name === name && tadpole.y >= y + units),
      [before, units],
    );
  }

  /** Waits until that tadpole has turned by a right angle or more from where it headed before. */
  async seesTurn(before) {
    await this.waitsFor(
      `${before.name} turned away from ${before.heading}`,
      ({ name, heading }) =>
        window.pond.tadpoles.some(
          (tadpole) => tadpole.name === name && Math.cos(tadpole.heading - heading) < 0,
        ),
      before,
    );
  }

  /** Waits until that tadpole's speed is from `least` to `most`. */
  async seesSpeed(name, least, most) {
    await this.waitsFor(
      `${name} at a speed from ${least} to ${most}`,
      ([name, least, most]) =>
        window.pond.tadpoles.some(
          (tadpole) => tadpole.name === name && tadpole.speed >= least && tadpole.speed <= most,
        ),
      [name, least, most],
    );
  }

  /** Waits until the other's tadpole rests where its own page has it, give or take a few units. */
  async seesAtRest(other) {
    const { name } = await other.self();
    const endMs = performance.now() + patienceMs;
    for (;;) {
      const own = await other.self();
      const seen = await this.seesTadpole(name);
      const rest = own.speed === 0 && seen.speed === 0;
      if (rest && Math.hypot(own.x - seen.x, own.y - seen.y) < 4) return;
      if (performance.now() > endMs) {
        const places = JSON.stringify({ own, seen });
        throw new Error(`expected ${name} at rest, at the same place on both pages: ${places}`);
      }
    }
  }

  /** In the log, and in a bubble. */
  async hears(name, text) {
    await this.waitsFor(
      `${name} saying ${text}`,
      ([name, text]) => {
        const { self, tadpoles } = window.pond;
        const speaker = [self, ...tadpoles].find((tadpole) => tadpole?.name === name);
        return (
          speaker?.speech.includes(text) &&
          [...document.querySelectorAll('#log li')].some((line) => line.textContent === `${name}: ${text}`)
        );
      },
      [name, text],
    );
  }

  async seesVisitors(count) {
    await this.waitsFor(
      `${count} visitors`,
      (count) => document.getElementById('visitors').textContent === String(count),
      count,
    );
  }

  /** Points at a place of the page, given as shares of its width and height. */
  async pointAt(right, down) {
    const { width, height } = this.page.viewportSize();
    await this.page.mouse.move(width * right, height * down);
  }

  /** Off the water: the tadpole is led nowhere. */
  async pointAtNothing() {
    const { x, y, width, height } = await this.page.getByRole('button', { name: 'Leave' }).boundingBox();
    await this.page.mouse.move(x + width / 2, y + height / 2);
  }
}

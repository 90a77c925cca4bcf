// What visitors do and see on the pond's page. Tadpoles are pictures, so `window.pond` tells where they are.
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
    await this.page.waitForFunction(() => window.pond.self !== null);
    await this.page.locator('#around').waitFor();
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
  async seesTadpole(name) {
    const found = await this.page.waitForFunction(
      (name) => window.pond.tadpoles.find((tadpole) => tadpole.name === name),
      name,
    );
    return found.jsonValue();
  }

  async seesNoTadpole(name) {
    await this.page.waitForFunction(
      (name) => window.pond.self !== null && window.pond.tadpoles.every((tadpole) => tadpole.name !== name),
      name,
    );
  }

  /** Waits until that tadpole has come so far from where it was seen before: {right, down}. */
  async seesMove(before, way) {
    await this.page.waitForFunction(
      ([{ name, x, y }, { right = 0, down = 0 }]) => {
        const now = window.pond.tadpoles.find((tadpole) => tadpole.name === name);
        const wanted = Math.hypot(right, down);
        return now && ((now.x - x) * right + (now.y - y) * down) / wanted >= wanted;
      },
      [before, way],
    );
  }

  /** Waits until the tadpole rests where this page has it, give or take a few units. */
  async seesAt({ name, x, y }) {
    await this.page.waitForFunction(
      ([name, x, y]) => {
        const now = window.pond.tadpoles.find((tadpole) => tadpole.name === name);
        return now && now.speed === 0 && Math.hypot(now.x - x, now.y - y) < 4;
      },
      [name, x, y],
    );
  }

  /**
   * Waits until the own tadpole has stopped and is where the server has it; returns it. Within a second at
   * rest the page has begun to put it right, and then it is not still.
   */
  async comesToRest() {
    const rested = await this.page.waitForFunction(() => {
      const { self } = window.pond;
      const last = window.lastSeen;
      window.lastSeen = self;
      const isStill = self.speed === 0 && last && Math.hypot(last.x - self.x, last.y - self.y) < 0.01;
      if (!isStill) window.movedAtMs = performance.now();
      return isStill && performance.now() - window.movedAtMs > 1000 && self;
    });
    return rested.jsonValue();
  }

  /** In the log, and in a bubble. */
  async hears(name, text) {
    await this.page.waitForFunction(
      ([name, text]) => {
        const { self, tadpoles } = window.pond;
        const speaker = [self, ...tadpoles].find((tadpole) => tadpole.name === name);
        return (
          speaker?.speech.includes(text) &&
          [...document.querySelectorAll('#log li')].some((line) => line.textContent === `${name}: ${text}`)
        );
      },
      [name, text],
    );
  }

  async seesVisitors(count) {
    await this.page.waitForFunction(
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
    await this.page.getByRole('button', { name: 'Leave' }).hover();
  }
}

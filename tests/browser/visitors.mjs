// People with browsers of their own: each has a fresh context, as different machines would.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

import { patienceMs } from './program.mjs';

const chromiumPath = process.env.NANO_CHROMIUM || '/usr/bin/chromium';
const lookLimitMs = 10_000;

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

export function launchBrowser() {
  return chromium.launch({
    executablePath: chromiumPath,
    timeout: patienceMs,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export class Visitor {
  /** What went wrong in the page's scripts. */
  errors = [];

  /** Opens the page, as a visitor of the class this is called on; it is closed when the test ends. */
  static async arrive(t, browser, url, { viewport = desktop, colorScheme = 'light' } = {}) {
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: viewport === phone });
    context.setDefaultTimeout(patienceMs);
    const visitor = new this();
    visitor.page = await context.newPage();
    visitor.page.on('pageerror', (error) => visitor.errors.push(error));
    t.after(() => context.close());
    await visitor.page.goto(url);
    return visitor;
  }

  /**
   * Waits until `condition`, which runs in the page, holds for `wanted`; returns what it returns. An error
   * says what was `expected` and what is there.
   */
  async waitsFor(expected, condition, wanted) {
    try {
      const held = await this.page.waitForFunction(condition, wanted);
      return await held.jsonValue();
    } catch (error) {
      throw new Error(`expected ${expected}; the page shows:\n${await this.#shown()}`, { cause: error });
    }
  }

  /** What people see on the page, as text; of the pond also where the tadpoles are. */
  async #shown() {
    const look = () => {
      const fields = [...document.querySelectorAll('input')].map(({ id, value }) => `#${id}: ${value}`);
      return [document.body.innerText, ...fields, JSON.stringify(window.pond)].join('\n');
    };
    try {
      const seen = await this.page.waitForFunction(look, null, { timeout: lookLimitMs, polling: 100 });
      return [await seen.jsonValue(), ...this.errors].join('\n');
    } catch (error) {
      return `nothing: ${error.message}`;
    }
  }

  async seesConnection(state) {
    await this.waitsFor(
      `the connection ${state}`,
      (state) => {
        const connection = document.getElementById('connection');
        return connection.dataset.state === state && connection.checkVisibility();
      },
      state,
    );
  }

  /** Waits until the page says so on its way in. */
  async seesAlert(words) {
    await this.waitsFor(
      `the alert: ${words}`,
      (words) => {
        const alert = document.getElementById('join-error');
        return alert.textContent.includes(words) && alert.checkVisibility();
      },
      words,
    );
  }

  /** Waits until the messages on the page are these, in this order. */
  async seesMessages(...texts) {
    await this.waitsFor(
      `the messages ${texts.join(' | ')}`,
      (texts) =>
        JSON.stringify([...document.querySelectorAll('.message .text')].map((text) => text.textContent)) ===
        JSON.stringify(texts),
      texts,
    );
  }

  /** A picture for people to look at, where NANO_SCREENSHOTS names a folder. */
  async screenshot(name) {
    const folder = process.env.NANO_SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}

// People with browsers of their own: each has a fresh context, as different machines would.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const chromiumPath = process.env.NANO_CHROMIUM || '/usr/bin/chromium';
const waitLimitMs = 20_000;

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

export function launchBrowser() {
  return chromium.launch({
    executablePath: chromiumPath,
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

  /** Opens the page; `close` is called when the test ends. */
  static async arrive(t, browser, url, { viewport = desktop, colorScheme = 'light' } = {}) {
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: viewport === phone });
    context.setDefaultTimeout(waitLimitMs);
    const visitor = new Visitor();
    visitor.page = await context.newPage();
    visitor.page.on('pageerror', (error) => visitor.errors.push(error));
    t.after(() => context.close());
    await visitor.page.goto(url);
    return visitor;
  }

  async submitName(name) {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByRole('button', { name: 'Enter the room' }).click();
  }

  async enter(name) {
    await this.submitName(name);
    await this.page.locator('#room').waitFor();
  }

  async say(text) {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits for a message with exactly this author and text; returns it. */
  async sees(name, text) {
    await this.page.waitForFunction(
      ([name, text]) =>
        [...document.querySelectorAll('.message')].some(
          (line) =>
            line.querySelector('.name').textContent === name &&
            line.querySelector('.text').textContent === text,
        ),
      [name, text],
    );
    return this.page
      .locator('.message')
      .filter({ has: this.page.getByText(text, { exact: true }) })
      .last();
  }

  async seesEvent(sentence) {
    await this.page.locator('.event').getByText(sentence).waitFor();
    await this.page.waitForFunction(
      (sentence) => [...document.querySelectorAll('.event')].some((line) => line.textContent === sentence),
      sentence,
    );
  }

  /** Waits until the members' list shows exactly these names, in this order, and the right number. */
  async seesMembers(...names) {
    await this.page.waitForFunction(
      (names) =>
        JSON.stringify(
          [...document.querySelectorAll('#member-list .name')].map((name) => name.textContent),
        ) === JSON.stringify(names) && document.getElementById('count').textContent === String(names.length),
      names,
    );
  }

  async seesConnection(state) {
    await this.page.locator(`#connection[data-state="${state}"]`).waitFor();
  }

  messages() {
    return this.page.locator('.message .text').allTextContents();
  }

  /** A picture for people to look at, where NANO_SCREENSHOTS names a folder. */
  async screenshot(name) {
    const folder = process.env.NANO_SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}

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

  /** Opens the page, as a visitor of the class this is called on; it is closed when the test ends. */
  static async arrive(t, browser, url, { viewport = desktop, colorScheme = 'light' } = {}) {
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: viewport === phone });
    context.setDefaultTimeout(waitLimitMs);
    const visitor = new this();
    visitor.page = await context.newPage();
    visitor.page.on('pageerror', (error) => visitor.errors.push(error));
    t.after(() => context.close());
    await visitor.page.goto(url);
    return visitor;
  }

  async seesConnection(state) {
    await this.page.locator(`#connection[data-state="${state}"]`).waitFor();
  }

  /** Waits until the messages on the page are these, in this order. */
  async seesMessages(...texts) {
    await this.page.waitForFunction(
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

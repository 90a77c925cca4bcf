// What visitors do and see on the chat's page.
import { Visitor } from './visitors.mjs';

export class ChatVisitor extends Visitor {
  async submitName(name) {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByRole('button', { name: 'Enter the room' }).click();
  }

  async enter(name) {
    await this.submitName(name);
    await this.waitsFor('the room', () => !document.getElementById('room').hidden);
  }

  async say(text) {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits for a message with exactly this author and text; returns it. */
  async sees(name, text) {
    await this.waitsFor(
      `the message of ${name}: ${text}`,
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
    await this.waitsFor(
      `the event: ${sentence}`,
      (sentence) => [...document.querySelectorAll('.event')].some((line) => line.textContent === sentence),
      sentence,
    );
  }

  /** Waits until the members' list shows exactly these names, in this order, and the right number. */
  async seesMembers(...names) {
    await this.waitsFor(
      `the members ${names.join(', ')}`,
      (names) =>
        JSON.stringify(
          [...document.querySelectorAll('#member-list .name')].map((name) => name.textContent),
        ) === JSON.stringify(names) && document.getElementById('count').textContent === String(names.length),
      names,
    );
  }
}

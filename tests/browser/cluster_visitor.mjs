// What visitors do and see on the page of the cluster's chat.
import { Visitor } from './visitors.mjs';

export class ClusterVisitor extends Visitor {
  async enter(name, room = 'Lobby') {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByLabel('Room', { exact: true }).fill(room);
    await this.page.getByRole('button', { name: 'Enter the room' }).click();
    await this.waitsFor('the room', () => !document.getElementById('room').hidden);
  }

  async say(text) {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits until this text stands in the field for messages, ready to be sent again. */
  async seesUnsaid(text) {
    await this.waitsFor(
      `unsaid: ${text}`,
      (text) => document.getElementById('text').value === text,
      text,
    );
  }

  /** Waits for a message with exactly this author, text and node. */
  async sees(name, text, node) {
    await this.waitsFor(
      `the message of ${name}, by ${node}: ${text}`,
      ([name, text, node]) =>
        [...document.querySelectorAll('.message')].some(
          (line) =>
            line.querySelector('.name').textContent === name &&
            line.querySelector('.text').textContent === text &&
            line.querySelector('.server').textContent === node,
        ),
      [name, text, node],
    );
  }

  async seesMembers(...names) {
    await this.waitsFor(
      `the members ${names.join(', ')}`,
      (names) =>
        JSON.stringify([...document.querySelectorAll('#member-list .name')].map((tag) => tag.textContent)) ===
        JSON.stringify(names),
      names,
    );
  }

  /** Waits until the page is in the room by this gate and this chat node. */
  async seesWay(gate, chat) {
    await this.waitsFor(
      `the way ${gate} → ${chat}`,
      (way) => {
        const connection = document.getElementById('connection');
        const isOpen = connection.dataset.state === 'open' && connection.checkVisibility();
        return isOpen && connection.textContent === way;
      },
      `${gate} → ${chat}`,
    );
  }

  /** The chat node that serves the room. */
  async chatNode() {
    const way = await this.page.locator('#connection[data-state="open"]').textContent();
    return way.split(' → ')[1];
  }

  /** Waits until the list of nodes shows this one so: "gone", "serves this room". */
  async seesNode(name, note) {
    await this.waitsFor(
      `the node ${name}, noted "${note}"`,
      ([name, note]) =>
        [...document.querySelectorAll('#node-list li')].some(
          (item) =>
            item.querySelector('.node').textContent === name &&
            (item.querySelector('.note')?.textContent ?? '') === note,
        ),
      [name, note],
    );
  }

  async seesTotals(sentence) {
    await this.waitsFor(
      `the totals: ${sentence}`,
      (sentence) => document.getElementById('totals').textContent.includes(sentence),
      sentence,
    );
  }
}

// What is on the page around the pond. Everything that people wrote goes in as text, never as HTML.

const logLinesMax = 100;

const byId = (id) => document.getElementById(id);

/** Before entering. `sentence` says what went wrong, or is empty. */
export function showWelcome(sentence) {
  document.body.dataset.place = 'welcome';
  byId('around').hidden = true;
  byId('welcome').hidden = false;
  byId('join-error').textContent = sentence;
  byId('enter').disabled = false;
  byId('log').replaceChildren();
  byId('name').focus();
}

export function showEntering() {
  byId('join-error').textContent = '';
  byId('enter').disabled = true;
}

export function showPond() {
  document.body.dataset.place = 'pond';
  byId('welcome').hidden = true;
  byId('around').hidden = false;
  byId('hint').classList.remove('gone');
  // The keys steer now.
  document.activeElement?.blur();
}

/** Once one has swum, one knows how. */
export function hideHint() {
  byId('hint').classList.add('gone');
}

/** `state` is open or reconnecting; in the latter nothing can be said. */
export function showConnection(state, sentence) {
  const connection = byId('connection');
  connection.dataset.state = state;
  connection.textContent = sentence;
  byId('send').disabled = state !== 'open';
}

export function showVisitors(count) {
  byId('visitors').textContent = String(count);
  byId('visitors-word').textContent = count === 1 ? 'visitor' : 'visitors';
}

/** Null: not known. */
export function showLatency(ms) {
  byId('latency').textContent = ms === null ? '–' : String(Math.round(ms));
}

/** For those who listen to the page. */
export function addSpeech(name, text) {
  const line = document.createElement('li');
  const who = document.createElement('bdi');
  who.className = 'name';
  who.textContent = name;
  const words = document.createElement('bdi');
  words.className = 'text';
  words.textContent = text;
  line.append(who, ': ', words);
  const log = byId('log');
  log.append(line);
  while (log.childElementCount > logLinesMax) log.firstElementChild.remove();
}

/** `say(text)` returns whether that went out. */
export function onSay(say) {
  const input = byId('text');
  byId('say').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text !== '' && !say(text)) return;
    input.value = '';
    input.blur();
  });
  addEventListener('keydown', (event) => {
    if (document.body.dataset.place !== 'pond' || event.isComposing) return;
    if (event.key === 'Escape') input.blur();
    if (event.key !== 'Enter' || event.target instanceof HTMLInputElement) return;
    if (event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    input.focus();
  });
}

/** `enter(name)` and `leave()`: what the visitor asks for. */
export function onDoor(enter, leave) {
  byId('join').addEventListener('submit', (event) => {
    event.preventDefault();
    enter(byId('name').value);
  });
  byId('leave').addEventListener('click', leave);
}

export function fillInName(name) {
  byId('name').value = name;
  byId('name').focus();
  byId('name').select();
}

// Some phones lay the keyboard over the page instead of making the page smaller.
window.visualViewport?.addEventListener('resize', () => {
  const { height, scale } = window.visualViewport;
  document.documentElement.style.setProperty('--height', `${height * scale}px`);
  window.scrollTo(0, 0);
});

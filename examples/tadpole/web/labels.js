// Names and speech bubbles: text on the canvas, never HTML. Each is written once and then drawn as a picture.
import { clamp } from './swimming.js';
import { painted } from './textures.js';

const family = "ui-rounded, 'SF Pro Rounded', 'Segoe UI', system-ui, sans-serif";
const nameFont = `600 13px ${family}`;
const speechFont = `500 15px ${family}`;
const speechWidth = 230;
const speechLinesMax = 5;
const lineHeight = 20;
const padding = 11;
const fadeMs = 700;
/** More pictures than these are kept only as long as each frame draws them. */
const picturesMax = 600;

const measure = document.createElement('canvas').getContext('2d');
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How long a line of speech is seen: as long as it takes to read. */
function seenMs(text) {
  return 3200 + Math.min(6500, text.length * 75);
}

export class Labels {
  #pictures = new Map();
  #frame = 0;
  #pixelRatio = 1;

  resize(pixelRatio) {
    this.#pixelRatio = pixelRatio;
    this.#pictures.clear();
  }

  /** To be called before those of a new frame are drawn. */
  beginFrame() {
    if (this.#pictures.size > picturesMax) {
      for (const [key, { frame }] of this.#pictures) if (frame !== this.#frame) this.#pictures.delete(key);
    }
    this.#frame += 1;
  }

  /** Centred below `place`, in pixels of the page. */
  drawName(context, name, isOwn, place, scale) {
    const picture = this.#picture(`${isOwn ? 'own' : 'name'} ${name}`, () => this.#nameTag(name, isOwn));
    context.globalAlpha = isOwn ? 1 : 0.88;
    this.#draw(context, picture, place.x - picture.width / 2, place.y + 21 * scale);
    context.globalAlpha = 1;
  }

  /** Above `place`, the newest lowest; keeps to the screen, which is `width` wide. */
  drawSpeech(context, speech, place, scale, width, nowMs) {
    let bottom = place.y - 20 * scale;
    for (const { text, atMs } of speech.toReversed()) {
      const leftMs = atMs + seenMs(text) - nowMs;
      if (leftMs <= 0) break;
      const isNewest = speech.at(-1).atMs === atMs;
      const picture = this.#picture(`speech ${text}`, () => this.#bubble(text));
      const left = clamp(place.x - picture.width / 2, 6, Math.max(6, width - picture.width - 6));
      const top = Math.max(isNewest ? 52 : -Infinity, bottom - picture.height);
      const grown = Math.min(1, (nowMs - atMs) / 140);
      context.globalAlpha = Math.min(1, leftMs / fadeMs) * grown * (isNewest ? 1 : 0.75);
      this.#draw(context, picture, left, top + (1 - grown) * 8);
      if (isNewest)
        drawTip(context, clamp(place.x, left + 16, left + picture.width - 16), top + picture.height);
      bottom = top - (isNewest ? 3 : 4);
    }
    context.globalAlpha = 1;
  }

  #draw(context, { canvas, width, height }, left, top) {
    const ratio = this.#pixelRatio;
    // On whole pixels, text stays sharp.
    const [x, y] = [Math.round(left * ratio) / ratio, Math.round(top * ratio) / ratio];
    context.drawImage(canvas, x, y, width, height);
  }

  #picture(key, make) {
    let picture = this.#pictures.get(key);
    if (picture === undefined) {
      picture = make();
      this.#pictures.set(key, picture);
    }
    picture.frame = this.#frame;
    return picture;
  }

  #nameTag(name, isOwn) {
    measure.font = nameFont;
    const width = Math.ceil(measure.measureText(name).width) + 12;
    return this.#paint(width, 22, (context) => {
      context.font = nameFont;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.lineJoin = 'round';
      context.lineWidth = 3.5;
      context.strokeStyle = 'rgba(2, 20, 26, 0.62)';
      context.strokeText(name, width / 2, 11);
      context.fillStyle = isOwn ? '#ffe6ac' : '#dcf5ee';
      context.fillText(name, width / 2, 11);
    });
  }

  #bubble(text) {
    measure.font = speechFont;
    const lines = wrap(text);
    const widest = Math.max(...lines.map((line) => measure.measureText(line).width));
    const width = Math.ceil(widest) + 2 * padding + 2;
    const height = lines.length * lineHeight + 2 * padding - 6;
    return this.#paint(width, height, (context) => {
      context.fillStyle = 'rgba(240, 252, 247, 0.95)';
      context.beginPath();
      context.roundRect(0, 0, width, height, 15);
      context.fill();
      context.font = speechFont;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillStyle = '#0a2c33';
      lines.forEach((line, row) =>
        context.fillText(line, width / 2, padding - 2.5 + (row + 0.5) * lineHeight),
      );
    });
  }

  #paint(width, height, paint) {
    const canvas = painted(width * this.#pixelRatio, height * this.#pixelRatio, (context) => {
      context.scale(this.#pixelRatio, this.#pixelRatio);
      paint(context);
    });
    return { canvas, width, height };
  }
}

function drawTip(context, x, y) {
  context.fillStyle = 'rgba(240, 252, 247, 0.95)';
  context.beginPath();
  context.moveTo(x - 6, y);
  context.quadraticCurveTo(x - 1, y + 2, x, y + 8);
  context.quadraticCurveTo(x + 1, y + 2, x + 6, y);
  context.fill();
}

/** Breaks between words where it can, within a word where it must. */
function wrap(text) {
  const lines = [];
  let line = '';
  for (const word of text.split(' ').flatMap(fitting)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
    } else {
      if (line !== '') lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  if (lines.length <= speechLinesMax) return lines;
  return [...lines.slice(0, speechLinesMax - 1), `${lines[speechLinesMax - 1]} …`];
}

function fitting(word) {
  if (fits(word)) return [word];
  const parts = [''];
  for (const { segment } of characters.segment(word)) {
    if (fits(parts.at(-1) + segment)) parts[parts.length - 1] += segment;
    else parts.push(segment);
  }
  return parts;
}

function fits(text) {
  return measure.measureText(text).width <= speechWidth;
}

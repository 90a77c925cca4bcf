// Charts as SVG texts: bars in groups, and lines over named points, both from numbers above zero. Each is a
// whole file with its own colours for light and for dark, and can stand inside a page as well.

// Okabe and Ito's colours, which the colour-blind tell apart; each series has a shape of its own besides.
const palette = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#8c8c00'];
const paletteDark = ['#3d9fe0', '#e69f00', '#1fb98c', '#f0763a', '#dd94bb', '#7cc8f2', '#c9c94a'];
const grey = '#8a8a8a';

const characterPx = 6.8; // of the font at 12 px, on the wide side
const fonts = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export function escaped(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return String(text).replace(/[&<>"]/g, (character) => entities[character]);
}

const px = (number) => String(Math.round(number * 10) / 10);

function element(name, attributes, content = '') {
  const text = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${text.join('')}>${content}</${name}>`;
}

function label(x, y, text, classes = '', anchor = 'start') {
  const attributes = { x: px(x), y: px(y), class: `nc-text ${classes}`.trim(), 'text-anchor': anchor };
  return element('text', attributes, escaped(text));
}

function line(x1, y1, x2, y2, classes) {
  return element('line', { x1: px(x1), y1: px(y1), x2: px(x2), y2: px(y2), class: classes });
}

function colourRules(colours) {
  const rules = colours.map(
    (colour, i) => `.nc-fill-${i}{fill:${colour}}.nc-line-${i}{stroke:${colour}}`,
  );
  return rules.join('');
}

const style = `<style>
.nc-paper{fill:#fff}.nc-text{font:12px ${fonts};fill:#24292f}.nc-title{font-size:16px;font-weight:600}
.nc-faint{fill:#57606a}.nc-grid{stroke:#d0d7de;stroke-width:1}.nc-mark{stroke:#24292f;stroke-width:1.5}
.nc-curve{fill:none;stroke-width:2}.nc-fill-grey{fill:${grey}}.nc-line-grey{stroke:${grey}}
${colourRules(palette)}
@media (prefers-color-scheme: dark){
.nc-paper{fill:#161b22}.nc-text{fill:#e6edf3}.nc-faint{fill:#9198a1}.nc-grid{stroke:#30363d}
.nc-mark{stroke:#e6edf3}
${colourRules(paletteDark)}
}
</style>`;

function document({ width, height, title }, parts) {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${px(width)} ${px(height)}`,
    width: px(width),
    height: px(height),
    role: 'img',
    'aria-label': title,
  };
  const paper = element('rect', { width: px(width), height: px(height), rx: 6, class: 'nc-paper' });
  return `${element('svg', attributes, [`\n${style}`, paper, ...parts, ''].join('\n'))}\n`;
}

const shapes = [
  (x, y) => element('circle', { cx: px(x), cy: px(y), r: 4 }),
  (x, y) => element('rect', { x: px(x - 4), y: px(y - 4), width: 8, height: 8 }),
  (x, y) => element('path', { d: `M${px(x)} ${px(y - 5)}l5 9h-10z` }),
  (x, y) => element('path', { d: `M${px(x)} ${px(y - 5)}l5 5l-5 5l-5 -5z` }),
  (x, y) => element('path', { d: `M${px(x)} ${px(y + 5)}l5 -9h-10z` }),
];

function marker(series, i, x, y) {
  return element('g', { class: `nc-fill-${series.colour ?? i}` }, shapes[i % shapes.length](x, y));
}

function legend(series, x, y, widthMax) {
  const parts = [];
  let at = x;
  let top = y;
  series.forEach((one, i) => {
    const width = 20 + one.name.length * characterPx + 14;
    if (at > x && at + width > x + widthMax) {
      at = x;
      top += 20;
    }
    parts.push(marker(one, i, at + 5, top - 4), label(at + 16, top, one.name));
    at += width;
  });
  return { parts, bottom: top };
}

/** Numbers for a logarithmic axis around `min` and `max`: 1, 2, 5 of each power, or 1 where they are many. */
export function logTicks(min, max) {
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  const steps = last - first > 3 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = first; power <= last; ++power) {
    for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(6)));
  }
  const from = ticks.findLastIndex((tick) => tick <= min);
  const to = ticks.findIndex((tick) => tick >= max);
  return ticks.slice(Math.max(from, 0), to < 0 ? undefined : to + 1);
}

/** Where a number stands between `start` and `end`, by its logarithm; `ticks` of logTicks. */
function logScale(ticks, start, end) {
  const low = Math.log(ticks[0]);
  const high = Math.log(ticks.at(-1));
  const span = high > low ? high - low : 1;
  return (number) => start + ((Math.log(number) - low) / span) * (end - start);
}

/** Numbers for an axis from 0 on, evenly spaced, that holds `max`. */
export function linearTicks(max) {
  const rough = max / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

function linearScale(ticks, start, end) {
  return (number) => start + (number / ticks.at(-1)) * (end - start);
}

function axisRange(numbers) {
  const min = Math.min(...numbers);
  const max = Math.max(...numbers);
  return min < max ? [min, max] : [min / 2, max * 2];
}

/**
 * Bars to the right, in groups one below the other, on a logarithmic axis unless `linear`.
 *
 * `series`: [{ name, colour }]; the colour is an index of the palette or "grey", its place unless given
 * `groups`: [{ name, bars: [{ series: its index, value, text }], target: { value, text }, of the first bar }]
 * `reference`: { value, name } of a line through all groups where the bars start; without it, at the axis
 */
export function barChart({ title, subtitle, series, groups, reference, linear, width = 860 }) {
  const names = Math.max(...groups.map((group) => group.name.length));
  const left = Math.min(340, 24 + names * characterPx);
  const right = width - 110;
  const numbers = groups.flatMap((group) =>
    [...group.bars.map((bar) => bar.value), group.target?.value ?? []].flat(),
  );
  if (reference) numbers.push(reference.value);
  const ticks = linear ? linearTicks(Math.max(...numbers)) : logTicks(...axisRange(numbers));
  const x = (linear ? linearScale : logScale)(ticks, left, right);
  const key = legend(series, 20, 74, width - 40);
  const top = key.bottom + 34;
  const parts = [];
  let y = top;
  for (const group of groups) {
    const from = y;
    const target = group.target && x(group.target.value);
    if (target) parts.push(line(target, from - 3, target, from + 15, 'nc-mark'));
    for (const [i, bar] of group.bars.entries()) {
      const start = reference ? x(reference.value) : left;
      const [low, high] = [Math.min(start, x(bar.value)), Math.max(start, x(bar.value))];
      const box = { x: px(low), y: px(y), width: px(Math.max(high - low, 2)), height: 12, rx: 2 };
      parts.push(
        element('rect', { ...box, class: `nc-fill-${series[bar.series].colour ?? bar.series}` }),
      );
      // The target is that of the first bar; the numbers of both stand beside them.
      const targeted = i === 0 && target;
      const text = targeted ? `${bar.text} (target ${group.target.text})` : bar.text;
      parts.push(label((targeted ? Math.max(high, target) : high) + 6, y + 10, text));
      y += 16;
    }
    parts.push(label(left - 10, (from + y) / 2 + 2, group.name, '', 'end'));
    y += 12;
  }
  const grid = ticks.flatMap((tick) => [
    line(x(tick), top - 8, x(tick), y, 'nc-grid'),
    label(x(tick), top - 14, tick.toLocaleString('en-GB'), 'nc-faint', 'middle'),
  ]);
  const rule = reference ? [line(x(reference.value), top - 8, x(reference.value), y, 'nc-mark')] : [];
  const note = [
    reference?.name,
    groups.some((group) => group.target) ? 'short marks: targets of the first bars' : null,
  ];
  const foot = note.filter(Boolean).join('; ');
  return document({ width, height: y + (foot ? 34 : 14), title }, [
    label(20, 30, title, 'nc-title'),
    label(20, 50, subtitle, 'nc-faint'),
    ...[...key.parts, ...grid, ...parts, ...rule],
    ...(foot ? [label(20, y + 18, foot, 'nc-faint')] : []),
  ]);
}

/**
 * A line for each series over the same named points, on a logarithmic axis upwards. `points`: names;
 * `series`: [{ name, colour, values }], null where there is none; `format` writes the numbers of the axis.
 */
export function lineChart({
  title,
  subtitle,
  points,
  series,
  format = String,
  width = 860,
  height = 440,
}) {
  const [left, right] = [96, width - 40];
  const key = legend(series, 20, 74, width - 40);
  const [top, bottom] = [key.bottom + 26, height - 46];
  const numbers = series.flatMap((one) => one.values).filter((value) => value > 0);
  const ticks = logTicks(...axisRange(numbers));
  const y = logScale(ticks, bottom, top);
  const x = (i) => left + ((i + 0.5) / points.length) * (right - left);
  const grid = ticks.flatMap((tick) => [
    line(left, y(tick), right, y(tick), 'nc-grid'),
    label(left - 8, y(tick) + 4, format(tick), 'nc-faint', 'end'),
  ]);
  const curves = series.flatMap((one, i) => {
    const known = one.values.map((value, at) => [at, value]).filter(([, value]) => value > 0);
    const corners = known.map(([at, value]) => `${px(x(at))},${px(y(value))}`).join(' ');
    const curve = element('polyline', { points: corners, class: `nc-curve nc-line-${one.colour ?? i}` });
    return [curve, ...known.map(([at, value]) => marker(one, i, x(at), y(value)))];
  });
  return document({ width, height, title }, [
    label(20, 30, title, 'nc-title'),
    label(20, 50, subtitle, 'nc-faint'),
    ...[...key.parts, ...grid],
    ...points.map((name, i) => label(x(i), bottom + 22, name, '', 'middle')),
    ...curves,
  ]);
}

// Numbers for people.

const units = {
  cpu_s_per_million: 's/M', // CPU seconds per million messages
  us: 'µs',
  bytes: 'B',
  messages_per_s: '/s',
};

/** Three digits that count, thousands apart. */
export function formatNumber(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-GB');
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return size > 0 && size < 0.1 ? value.toPrecision(2) : value.toFixed(digits);
}

export function formatValue(value, unit) {
  if (value === null) return '–';
  return unit === 'ratio' ? `${formatNumber(value)} ×` : `${formatNumber(value)} ${units[unit]}`;
}

export function formatRatio(ratio) {
  if (!ratio) return '–';
  return `${formatNumber(ratio.median)} × (${formatNumber(ratio.min)}..${formatNumber(ratio.max)})`;
}

export function formatTarget({ target, unit }) {
  if (!target) return '';
  return target.of === 'ratio' ? `≤ ${target.max} ×` : `≤ ${formatValue(target.max, unit)}`;
}

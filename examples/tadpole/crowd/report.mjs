// What the crowd saw, as a table for people to read.

/** Rows of a name and what is said of it. */
export function report({ count, lost, enteringS, elapsedS, stats, ticksPerSecond, ...total }) {
  const perSecond = (number) => Math.round(number / elapsedS).toLocaleString('en');
  const ms = (number) => `${number.toFixed(2)} ms`;
  return table([
    ['players entered', `${count} in ${enteringS.toFixed(1)} s`],
    ['players lost', `${lost}`],
    ['measured for', `${elapsedS.toFixed(1)} s`],
    ['pushes received', `${perSecond(total.pushes)} /s`],
    ['moves in them', `${perSecond(total.moves)} /s`],
    ['moves of strangers', `${total.strangers}`],
    ['lines of speech', `${perSecond(total.lines)} /s`],
    ['bytes received', `${(total.bytes / elapsedS / 1e6).toFixed(1)} MB/s`],
    ['server: visitors', `${stats.visitors}`],
    ['server: ticks', `${ticksPerSecond.toFixed(2)} /s of ${stats.tick_hz}`],
    [
      'server: work of a tick',
      `${ms(stats.tick_ms_mean)}, 99th ${ms(stats.tick_ms_99th)}, most ${ms(stats.tick_ms_max)}`,
    ],
    ['server: lateness', `99th ${ms(stats.lateness_ms_99th)}, most ${ms(stats.lateness_ms_max)}`],
  ]);
}

function table(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

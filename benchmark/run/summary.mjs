// What the runs of a row come to: medians, ratios of pairs, and whether a target is reached.

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The figure of one run, or NaN where the run has not what it takes. */
function numberOf(figure, run) {
  if (!run || run.results.some((result) => !result)) return NaN;
  try {
    return figure.of(run.results) ?? NaN;
  } catch (error) {
    if (error instanceof TypeError) return NaN; // a result without the member
    throw error;
  }
}

function medianOrNull(numbers) {
  const finite = numbers.filter(Number.isFinite);
  return finite.length > 0 ? median(finite) : null;
}

/** Of the ratios of each pair: what is measured one after the other shares the state of the machine. */
function ratioOf(values, others) {
  const ratios = values.map((value, i) => value / others[i]).filter(Number.isFinite);
  if (ratios.length === 0) return null;
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

function reached(target, line) {
  if (!target) return null;
  if (line.problem) return false;
  const number = target.of === 'ratio' ? line.ratio?.median : line.value;
  return number !== undefined && number !== null && number <= target.max;
}

/** One line of the table. Where the ratio counts, problems of the side that it is compared with do, too. */
function lineOf(figure, rounds, subject, others) {
  const counted = others.target?.of === 'value' ? [subject] : [subject, figure.against];
  const values = rounds.map((round) => numberOf(figure, round[subject]));
  const against = rounds.map((round) => numberOf(figure, round[figure.against]));
  const runs = rounds.flatMap((round) => counted.map((name) => round[name]));
  const line = {
    figure: figure.name,
    unit: figure.unit,
    subject,
    against: figure.against ?? null,
    value: medianOrNull(values),
    against_value: medianOrNull(against),
    ratio: ratioOf(values, against),
    problem: runs.find((run) => run?.problem)?.problem ?? null,
    ...others,
  };
  if (line.value === null) line.problem ??= `the results have no ${figure.name}`;
  return { ...line, reached: reached(line.target, line) };
}

/** `measured`: the rounds, and transport and rounds of each peer; `left_out`: sides without any. */
export function linesOf(row, measured, left_out) {
  const lines = [];
  for (const figure of row.figures) {
    for (const subject of row.subjects.filter((name) => !(name in left_out))) {
      lines.push(
        lineOf(figure, measured.rounds, subject, { peer: false, target: figure.target ?? null }),
      );
    }
    for (const [name, { transport, rounds }] of figure.peers ? Object.entries(measured.peers) : []) {
      lines.push(lineOf(figure, rounds, name, { peer: true, target: null, transport }));
    }
  }
  return lines;
}

/** Whether all that is ours went well; that a peer loses messages is a result and no failure. */
export function wentWell(row) {
  const runs = row.rounds.flatMap((round) => Object.values(round));
  return (
    runs.every((run) => run.problem === null) && row.lines.every((line) => line.peer || !line.problem)
  );
}

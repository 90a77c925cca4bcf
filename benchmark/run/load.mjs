// Runs nano-bench once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

// Of its connecting, its draining and its own time limits; it ends before.
const patienceMs = 120_000;
const sentencesMax = 5;

async function textOf(stream) {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Resolves with its results, or null, and the sentence that says what went wrong, or null; both where a run
 * failed that has results. `running` can stop it.
 */
export async function runLoad(program, flags, durationS, running) {
  let child;
  let ended;
  const entry = running.add({
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  });
  child = spawn(program, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  ended = once(child, 'close').catch((error) => [error.message]);
  const timer = setTimeout(() => child.kill('SIGKILL'), durationS * 1000 + patienceMs);
  const [output, errors, [code, signal]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    ended,
  ]);
  clearTimeout(timer);
  running.remove(entry);
  const result = parsed(output);
  if (code === 0 && result) return { result, problem: null };
  const why = sentencesOf(errors) || (code === 0 ? 'its output is no JSON' : lossOf(result));
  return { result, problem: why || `nano-bench ended with ${code ?? signal}` };
}

/** Makes a run, as runLoad() does, while another nano-bench keeps the server busy, which then is ended. */
export async function besideLoad(program, flags, measure, running) {
  const child = spawn(program, flags, { stdio: 'ignore' });
  const ended = once(child, 'close').catch(() => null);
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const entry = running.add({ stop });
  try {
    const run = await measure();
    const early = child.exitCode !== null || child.signalCode !== null;
    return early ? { ...run, problem: run.problem ?? 'the clients beside it ended early' } : run;
  } finally {
    await stop();
    running.remove(entry);
  }
}

function sentencesOf(errors) {
  const lines = errors.split('\n').map((line) => line.replace(/^nano-bench: /, '').trim());
  return lines.filter((line) => line !== '').slice(0, sentencesMax).join('; ');
}

function lossOf(result) {
  const losses = ['failed', 'lost'].filter((name) => result?.[name] > 0);
  return losses.map((name) => `${result[name]} ${name} of ${result.messages + result[name]}`).join(', ');
}

// What was measured under load as the tables of docs/scale.md, and what follows from it.

const short = (value) => (value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString());
const cell = (value, unit) => `${short(value)} ${unit}`.trim();

/** The targets and what was reached. */
export function targets({ rows }) {
  const line = ({ what, unit, limit, isMost, value, isReached }) =>
    `| ${what} | ${isMost ? 'at most' : 'at least'} ${cell(limit, unit)} | ${cell(value, unit)} | ${isReached ? 'reached' : 'missed'} |`;
  return ['| what | target | found | |', '|---|---|---|---|', ...rows.map(line)].join('\n');
}

function figures({ figures }) {
  const line = ([name, value]) => `| ${name} | ${short(value)} |`;
  return ['| figure | |', '|---|---|', ...Object.entries(figures).map(line)].join('\n');
}

/** Sessions and watchers of each size; one session in ten is at work. */
const SIZES = [
  ['100 sessions, 5 watchers each', 100, 5],
  ['1,000 sessions, 5 watchers each', 1000, 5],
  ['10,000 sessions, 5 watchers each', 10_000, 5],
  ['10,000 sessions, a million watchers', 10_000, 100],
];

/** What a size needs by the measured figures: each watcher is told once a second of a session at work, and asks. */
function model({ figures: found }) {
  const us = {
    told: found['processor time for an event told, us'],
    asked: found['processor time of a read after a change, us'],
    idle: found['processor time of an idle stream, us per second'],
    unchanged: found['processor time of a 304, us'],
  };
  const agent = found['SQLite: processor time of an agent second, ms'];
  const lines = SIZES.map(([name, sessions, watchers]) => {
    const [working, streams] = [sessions / 10, sessions * watchers];
    const told = working * watchers;
    const cores = (told * (us.told + us.asked) + streams * us.idle + (streams / 60) * us.unchanged) / 1e6 + (working * agent) / 1e3;
    const memory = (streams * found['memory of an idle stream, kB']) / 1e6;
    const writes = working * found['SQLite: changes of an agent, per second'];
    const wire = (told * (found['bytes of an event on the wire'] + found['bytes of a read after a change']) * 8) / 1e6;
    return `| ${[name, short(told), short(writes), short(cores), `${short(memory)} GB`, `${short(wire)} Mbit/s`].join(' | ')} |`;
  });
  return ['| size | events/s | writes/s | cores of consoles | memory of streams | to pages |', '|---|---|---|---|---|---|', ...lines].join('\n');
}

/** The text with its tables replaced, each between its two marks. */
export function blocks(text, run) {
  const about = `Measured by \`make load\` on ${run.date} at commit \`${run.commit}\`: ${run.cores} cores, load ${run.load} before.`;
  const all = { targets: `${targets(run)}\n\n${about}`, figures: figures(run), model: model(run) };
  const put = (whole, [name, block]) => {
    const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [before, rest] = whole.split(from);
    const after = rest?.split(to)[1];
    if (after === undefined) throw new Error(`docs/scale.md has no place for ${name}`);
    return `${before}${from}\n${block}\n${to}${after}`;
  };
  return Object.entries(all).reduce(put, text);
}

// The figures of a run as a table, for the terminal and for the README.

const one = (value) => value.toFixed(1);

/** The ways of keeping a page fresh, oldest first. */
export const ARMS = ['legacy', 'deduped', 'push'];
/** The same, and the page that people would use instead, in its two designs. */
export const ALL = [...ARMS, 'React before', 'React after'];

/** How much less or more it is now than it was at first, in percent. */
export function change(first, last) {
  return first === 0 ? (last === 0 ? '0 %' : 'new') : `${Math.round((last / first - 1) * 100)} %`;
}

export function line({ what, unit, ...by }) {
  const cells = ALL.map((arm) => ((by[arm] ?? null) === null ? '' : `${one(by[arm])} ${unit}`));
  return `| ${[what, ...cells, (by[ARMS[0]] ?? null) === null ? '' : change(by[ARMS[0]], by[ARMS.at(-1)])].join(' | ')} |`;
}

export function table({ rows }) {
  const head = [`| per minute, unless it says otherwise | ${ALL.join(' | ')} | legacy to push |`, `|---${'|---'.repeat(ALL.length + 1)}|`];
  return [...head, ...rows.map(line)].join('\n');
}

/** The README with the rows that it shows, between its two marks. */
export function inReadme(text, run) {
  const rows = run.rows.filter((row) => row.inReadme);
  const about = `Measured by \`make bench\` on ${run.date} at commit \`${run.commit}\`: ${run.seconds} s for each arm and session, once; ${run.n} entries timed on their way to the page; load ${run.load}.`;
  const block = `<!-- bench -->\n${table({ rows })}\n\n${about}\n<!-- /bench -->`;
  return text.replace(/<!-- bench -->[^]*<!-- \/bench -->/, block);
}

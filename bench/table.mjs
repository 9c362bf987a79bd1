// The figures of a run as a table, for the terminal and for the README.

const one = (value) => value.toFixed(1);

/** How much less or more it is now, in percent. */
export function change(legacy, deduped) {
  return legacy === 0 ? (deduped === 0 ? '0 %' : 'new') : `${Math.round((deduped / legacy - 1) * 100)} %`;
}

export function line({ what, unit, legacy, deduped }) {
  return `| ${what} | ${one(legacy)} ${unit} | ${one(deduped)} ${unit} | ${change(legacy, deduped)} |`;
}

export function table({ rows }) {
  const head = ['| per minute, unless it says otherwise | legacy | deduped | change |', '|---|---|---|---|'];
  return [...head, ...rows.map(line)].join('\n');
}

/** The README with the rows that it shows, between its two marks. */
export function inReadme(text, run) {
  const rows = run.rows.filter((row) => row.inReadme);
  const about = `Measured by \`make bench\` on ${run.date} at commit \`${run.commit}\`: ${run.seconds} s for each arm and session, once; ${run.n} entries timed on their way to the page; load ${run.load}.`;
  const block = `<!-- bench -->\n${table({ rows })}\n\n${about}\n<!-- /bench -->`;
  return text.replace(/<!-- bench -->[^]*<!-- \/bench -->/, block);
}

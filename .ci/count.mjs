// Adds up what ran, from cargo's results and Playwright's report; fails unless all ran at once.
import { readFileSync } from 'node:fs';

const [cargoLog, report] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0, retried: 0 };

const results = readFileSync(cargoLog, 'utf8').matchAll(
  /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm,
);
for (const [, passed, failed, ignored] of results) {
  sum.passed += Number(passed);
  sum.failed += Number(failed);
  sum.skipped += Number(ignored);
}
const { stats } = JSON.parse(readFileSync(report, 'utf8'));
if (sum.passed === 0 || stats.expected === 0) {
  console.error('count: one of the two suites ran no test');
  process.exit(1);
}
sum.passed += stats.expected + stats.flaky;
sum.failed += stats.unexpected;
sum.skipped += stats.skipped;
sum.retried += stats.flaky;

console.log(`${sum.passed} passed, ${sum.failed} failed`);
console.log(`${sum.passed + sum.failed} tests, ${sum.skipped} skipped, ${sum.retried} retried`);
if (sum.failed + sum.skipped + sum.retried > 0) {
  console.error('count: every test must run, once, and pass');
  process.exit(1);
}

// Divides the page's program into what every page needs at once and what comes when a person uses
// it; packs all files of the site. With --record FILE: reads there what ran and writes the list;
// with --instrument: has the program tell what runs instead of dividing it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { mendTables, withoutPlaceholders } from './wasm.mjs';

const [site, hashes, mode, record] = process.argv.slice(2);
const TOP = join(import.meta.dirname, '..');
const LIST = join(import.meta.dirname, 'deferred.txt');
const FEATURES = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'];
const flags = FEATURES.map((name) => `--enable-${name}`);
const OBJECTS = '__wbindgen_externrefs';
const BUFFER = 1 << 28;
// What makes a drawn page live: the server may draw any state, also one that no test happened to meet.
const HYDRATION = /hydrate_from_server|RenderHtml7hydrateKb1_/;

const pkg = join(site, 'pkg');
const work = mkdtempSync(join(tmpdir(), 'heddle-defer-'));
const run = (tool, ...args) => execFileSync(tool, args, { maxBuffer: BUFFER, stdio: ['ignore', 'pipe', 'inherit'] });
const only = (pattern) => {
  const found = readdirSync(pkg).filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`one file ${pattern} was expected in ${pkg}, not ${found.length}`);
  return found[0];
};
const hash = (...parts) => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('base64url').slice(0, 22);
};

/** The names of the program's own functions, in their order. */
function functions(program) {
  const map = run('wasm-opt', ...flags, '--print-function-map', program, '-o', join(work, 'unchanged'));
  const names = map.toString().trim().split('\n').map((line) => line.slice(line.indexOf(':') + 1));
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(program)));
  return names.slice(imports.filter(({ kind }) => kind === 'function').length);
}

/**
 * What a function is called in every build, as eight letters; nothing for what has no name of its
 * own. The compiler's numbers of crates, and places in names, differ between machines.
 */
function key(name) {
  if (!/^_R\w+(\.llvm\.\d+)?$/.test(name)) return undefined;
  const plain = name.replace(/Cs\w*?_(?=\d)/g, 'C').replace(/B[0-9a-zA-Z]*_/g, 'B').replace(/\.llvm\.\d+$/, '');
  return hash(plain).slice(0, 8);
}

/** The functions of a program that others of it call by name, for each. */
function callees(program) {
  const text = join(work, 'text');
  run('wasm-dis', ...flags, program, '-o', text);
  const found = new Map();
  let calls = [];
  for (const line of readFileSync(text, 'latin1').split('\n')) {
    const [, name] = line.match(/^ \(func \$([^\s)]+)/) ?? [];
    if (name) found.set(name, (calls = []));
    const [, callee] = line.match(/\(call \$([^\s)]+)/) ?? [];
    if (callee) calls.push(callee);
  }
  return found;
}

/** What makes a drawn page live, with all that it calls. */
function hydration(names) {
  const calls = callees(program);
  const found = new Set(names.filter((name) => HYDRATION.test(name)));
  for (const name of found) for (const callee of calls.get(name) ?? []) found.add(callee);
  return found;
}

/** Writes down which functions ran in no page before a person used it, and make none live. */
function list(names) {
  const ran = new Uint8Array(names.length);
  for (const line of readFileSync(record, 'utf8').trim().split('\n')) {
    const bits = Buffer.from(line, 'base64');
    names.forEach((_, at) => (ran[at] |= (bits[at >> 3] >> (at & 7)) & 1));
  }
  const first = hydration(names);
  const needed = new Set(names.filter((name, at) => ran[at] || first.has(name)).map(key));
  const late = new Set(names.map(key).filter((name) => name && !needed.has(name)));
  writeFileSync(LIST, `${[...late].sort().join('\n')}\n`);
  console.log(`${ran.filter(Boolean).length} of ${names.length} functions ran; ${late.size} names are deferred`);
}

const hasSplitter = () => {
  try {
    return run('wasm-split', '--version');
  } catch {
    return false;
  }
};

/** The program in two parts; in one where it cannot be divided. */
function divide(program) {
  if (!hasSplitter()) {
    run('wasm-opt', ...flags, program, '--strip-debug', '-o', program);
    return [readFileSync(program)];
  }
  const late = new Set(readFileSync(LIST, 'utf8').trim().split('\n'));
  const moved = join(work, 'moved');
  writeFileSync(moved, functions(program).filter((name) => late.has(key(name))).join('\n'));
  const [first, second] = [join(work, 'first'), join(work, 'second')];
  const spaces = ['--import-namespace=primary', '--placeholder-namespace=placeholder'];
  run('wasm-split', '--split', ...flags, program, `--split-funcs=@${moved}`, ...spaces, '-o1', first, '-o2', second);
  const mended = mendTables(readFileSync(first), readFileSync(program), OBJECTS);
  writeFileSync(first, withoutPlaceholders(mended, 'placeholder'));
  for (const part of [first, second]) {
    run('wasm-opt', ...flags, part, '--remove-unused-module-elements', '-o', part);
  }
  return [readFileSync(first), readFileSync(second)];
}

/** Has the script begin the program by way of `DEFERRED`, which the file defines. */
function scripted(script, file) {
  const source = (path) => readFileSync(join(TOP, path), 'utf8');
  const export_ = /export function hydrate\(\)\{return (\w+)\.hydrate\(\)\}/;
  if (!export_.test(script)) throw new Error('the script of the program has another shape than was expected');
  const begin = source('src/browser/early.js') + source(file);
  return `${begin}\n${script.replace(export_, 'export async function hydrate(){await DEFERRED.start($1);return $1.hydrate()}')}`;
}

/** Puts the files in place under a name of their content, since browsers keep them for ever. */
function place(names, first, second, script) {
  const split = readFileSync(join(pkg, names.split), 'utf8');
  const id = hash(first, second ?? '', script, split);
  const of = { script: `heddle.${id}.js`, split: `__wasm_split.${id}.js`, late: `heddle_deferred.${id}.wasm` };
  // The program itself knows the other script by the name that it had.
  const from = (name) => new RegExp(`(from ?"\\./)${name.replaceAll('.', '\\.')}"`, 'g');
  const named = (text) =>
    text
      .replace(from(names.script), `$1${of.script}"`)
      .replace(from(names.split), `$1${of.split}"`)
      .replace('ADDRESS', of.late);
  for (const name of [names.program, names.script, names.split]) rmSync(join(pkg, name));
  writeFileSync(join(pkg, `heddle.${id}.wasm`), first);
  if (second) writeFileSync(join(pkg, of.late), second);
  writeFileSync(join(pkg, of.script), named(script));
  writeFileSync(join(pkg, of.split), named(split));
  writeFileSync(hashes, readFileSync(hashes, 'utf8').replace(/^(js|wasm|split): .*$/gm, `$1: ${id}`));
}

function pack(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) pack(path);
    else {
      const bytes = readFileSync(path);
      const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_LGWIN]: 24 };
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  }
}

const names = { program: only(/^heddle\.[^.]+\.wasm$/), script: only(/^heddle\.[^.]{9,}\.js$/), split: only(/^__wasm_split\.[^.]+\.js$/) };
const program = join(pkg, names.program);
const script = readFileSync(join(pkg, names.script), 'utf8');
try {
  if (mode === '--record') list(functions(program));
  else if (mode === '--instrument') {
    const told = join(work, 'told');
    run('wasm-split', '--instrument', ...flags, program, '-o', told);
    const first = mendTables(readFileSync(told), readFileSync(program), OBJECTS);
    place(names, first, undefined, scripted(script, '.ci/profile.js'));
  } else {
    const [first, second] = divide(program);
    place(names, first, second, second ? scripted(script, 'src/browser/deferred.js') : script);
    for (const name of readdirSync(pkg).filter((name) => /^(chunk|split)_.*\.wasm$/.test(name))) {
      run('wasm-opt', ...flags, join(pkg, name), '--strip-debug', '-o', join(pkg, name));
    }
    pack(site);
  }
} finally {
  rmSync(work, { recursive: true });
}

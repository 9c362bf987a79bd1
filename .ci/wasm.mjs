// Reads and alters the few parts of a WebAssembly binary that splitting a program needs.

const IMPORT = 2;
const EXPORT = 7;
const ELEMENT = 9;
const FUNCTION = 0;
// Segments of the table whose entries are functions, or expressions, and what stands in those.
const PLAIN = 0;
const WITH_EXPRESSIONS = 4;
const CONSTANT = 0x41;
const REFERENCE = 0xd2;
const END = 0x0b;
const NULL = Buffer.from([0xd0, 0x70, END]);

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at).toString();
  }
  byte() {
    return this.bytes[this.at++];
  }
}

function number(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  bytes.push(value);
  return Buffer.from(bytes);
}

function sections(bytes) {
  const found = [];
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.number();
    found.push({ id, start, body: reader.at, end: reader.at + size });
    reader.at += size;
  }
  return found;
}

function section(bytes, id) {
  const found = sections(bytes).find((section) => section.id === id);
  if (!found) throw new Error(`the program has no section ${id}`);
  return found;
}

function replace(bytes, { id, start, end }, body) {
  const head = Buffer.concat([Buffer.from([id]), number(body.length)]);
  return Buffer.concat([bytes.subarray(0, start), head, body, bytes.subarray(end)]);
}

/** The table that an export names, and where in the binary that stands. */
function tableExport(bytes, wanted) {
  const reader = new Reader(bytes, section(bytes, EXPORT).body);
  for (let left = reader.number(); left > 0; left -= 1) {
    const name = reader.text();
    reader.byte();
    const place = reader.at;
    const index = reader.number();
    if (name === wanted) return { place, index };
  }
  throw new Error(`the program exports no ${wanted}`);
}

/** wasm-split before version 109 exports the first table under the name of the second. */
export function mendTables(bytes, original, name) {
  const { place } = tableExport(bytes, name);
  bytes[place] = tableExport(original, name).index;
  return bytes;
}

/** Numbers of the functions that are imported from a module. */
function imported(bytes, wanted) {
  const reader = new Reader(bytes, section(bytes, IMPORT).body);
  const found = [];
  let functions = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    const module = reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind !== FUNCTION) throw new Error('only functions were expected among the imports');
    reader.number();
    if (module === wanted) found.push(functions);
    functions += 1;
  }
  return found;
}

/** A segment of the table: where it begins there, and the functions in it. */
function segment(reader) {
  const kind = reader.number();
  if (kind !== PLAIN && kind !== WITH_EXPRESSIONS) throw new Error(`no segment of kind ${kind} was expected`);
  const start = reader.at;
  if (reader.byte() !== CONSTANT) throw new Error('a constant was expected as the place of a segment');
  reader.number();
  reader.byte();
  const place = reader.bytes.subarray(start, reader.at);
  const functions = Array.from({ length: reader.number() }, () => {
    if (kind === PLAIN) return reader.number();
    const isNull = reader.byte() !== REFERENCE;
    const index = reader.number();
    reader.byte();
    return isNull ? undefined : index;
  });
  return { place, functions };
}

function written({ place, functions }) {
  const entry = (index) =>
    index === undefined ? NULL : Buffer.concat([Buffer.from([REFERENCE]), number(index), Buffer.from([END])]);
  return Buffer.concat([number(WITH_EXPRESSIONS), place, number(functions.length), ...functions.map(entry)]);
}

/** Leaves the places empty that functions of a module have in the table. */
export function withoutPlaceholders(bytes, module) {
  const placeholders = new Set(imported(bytes, module));
  const elements = section(bytes, ELEMENT);
  const reader = new Reader(bytes, elements.body);
  const count = reader.number();
  const segments = Array.from({ length: count }, () => {
    const { place, functions } = segment(reader);
    return written({ place, functions: functions.map((index) => (placeholders.has(index) ? undefined : index)) });
  });
  return replace(bytes, elements, Buffer.concat([number(count), ...segments]));
}

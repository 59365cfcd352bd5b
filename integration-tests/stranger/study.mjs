// A program that shares no line with maestro. It was written from docs/workspace-format.md alone, with
// nothing but Node: it reads a study, follows one that runs, asks its conductor for something, and makes
// a study of its own.
//
//   node study.mjs read DIR             the study as JSON
//   node study.mjs follow DIR           a line for every change, until the study ends or its conductor leaves
//   node study.mjs ask DIR REQUEST      a request (JSON); prints its answer; exit code 1: refused, 2: no answer
//   node study.mjs make DIR < PLAN      a study: {"name", "type", "slots", "steps": [{"name", "command", "needs", "procs"}]}
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { crc32, fail, seal, unpack, unseal } from './msgpack.mjs';

const FEATURES = ['parameters.product', 'parameters.range', 'parameters.csv', 'failure', 'launcher', 'local_slots',
  'array', 'user_throttle', 'requeue', 'enforce_walltime', 'step_args', 'required_results', 'amended', 'output_path'];

function check(head, format) {
  if (head.format !== format) fail(`this is no ${format}`);
  if (head.version[0] !== 1) fail(`${format} has version ${head.version.join('.')}, and this knows 1`);
  const unknown = (head.requires ?? []).find((feature) => !FEATURES.includes(feature));
  if (unknown) fail(`${format} needs ${unknown}, which this does not know`);
}

// ---- Reading ----

function open(...parts) { // a plain file, and nothing that is waited for
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = fs.constants;
  const file = fs.openSync(path.join(...parts), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  return fs.fstatSync(file).isFile() ? file : fail(`${path.join(...parts)} is no file`);
}

function readWhole(...parts) {
  const file = open(...parts);
  try { return fs.readFileSync(file); } finally { fs.closeSync(file); }
}

function readGraph(root, amendment) { // of an amended study the one that its journal belongs to
  let bytes = readWhole(root, '.maestro/graph.msgpack');
  if (amendment && unpack(bytes)[0].amendment !== amendment) {
    bytes = readWhole(root, '.maestro/amendments', amendment, '.maestro/graph.msgpack');
  }
  const maps = [];
  for (let at = 0; at < bytes.length;) {
    const [map, end] = unseal(bytes, at, `map ${maps.length} of graph.msgpack`, maps[0] && !maps[0].crc);
    maps.push(map);
    at = end;
  }
  check(maps[0], 'maestro-graph');
  const { steps, instances } = maps[0];
  if (maps.at(-1).record !== 'end' || maps.length !== steps + instances + 2) fail('graph.msgpack is torn');
  const here = (text) => maps[0].requires.includes('output_path') ? text.replaceAll('$(OUTPUT_PATH)', root) : text;
  const found = maps.slice(1 + steps, -1).map((map) => ({ ...map, command: here(map.command) }));
  return { head: maps[0], steps: maps.slice(1, 1 + steps), instances: found };
}

function readStudy(root) {
  const journal = new Journal(root);
  if (fs.existsSync(journal.path)) journal.read();
  return { journal, ...readGraph(root, journal.amendment) };
}

class Journal {
  constructor(root) { this.path = path.join(root, '.maestro/journal.msgpack'); this.forget(); }

  forget() {
    Object.assign(this, { at: 0, next: 0, states: {}, held: new Set(), settings: null, outcome: null, closed: null });
  }

  read() { // what is new; a compacted journal is another file, and read from its beginning
    const file = open(this.path);
    const { ino } = fs.fstatSync(file);
    if (ino !== this.ino) { this.forget(); this.ino = ino; }
    const bytes = fs.readFileSync(file);
    fs.closeSync(file);
    if (this.at === 0 && bytes.length) {
      const [header, end] = unseal(bytes, 0, 'the header of the journal');
      check(header, 'maestro-journal');
      Object.assign(this, { at: end, next: header.first, amendment: header.amendment });
    }
    while (this.at < bytes.length) {
      let frame, end;
      try { [frame, end] = unpack(bytes, this.at); } catch { return; } // torn, or not there yet
      const number = Buffer.alloc(8);
      number.writeBigUInt64BE(BigInt(this.next));
      if (!Array.isArray(frame) || frame.length !== 3 || frame[0] !== this.next) return;
      if (crc32(Buffer.concat([number, frame[2]])) !== frame[1]) return;
      this.apply(unpack(frame[2])[0]);
      this.at = end;
      this.next++;
    }
  }

  apply(record) {
    const set = (rows, state) => rows.forEach((row) => {
      const i = row[0] ?? row;
      this.states[i] = state(row);
      if (['FINISHED', 'SKIPPED'].includes(this.states[i])) this.held.delete(i);
    });
    switch (record.kind) {
      case 'opened': this.closed = null; break;
      case 'settings': this.settings = record; break;
      case 'intent': set(record.jobs, () => 'PENDING'); break;
      case 'submitted': set(record.jobs, (row) => row[3]); break;
      case 'refused': set(record.jobs, () => 'WAITING'); break;
      case 'state': set(record.steps, (row) => row[2]); break;
      case 'skipped': set(record.steps, () => 'SKIPPED'); this.outcome = null; break;
      case 'resumed': set(record.steps, () => 'INITIALIZED'); this.outcome = null; break;
      case 'snapshot':
        record.steps.forEach((row, i) => {
          this.states[record.first + i] = row[0];
          if (row[15]) this.held.add(record.first + i);
        });
        break;
      case 'held': record.steps.forEach((i) => this.held.add(i)); break;
      case 'released': record.steps.forEach((i) => this.held.delete(i)); break;
      case 'ended': this.outcome = record; break;
      case 'closed': this.closed = record.reason; break;
    }
  }

  state(i) { return this.states[i] ?? 'INITIALIZED'; }
}

function readTable(root) { // RFC 4180
  const text = readWhole(root, 'status.csv').toString();
  const [names, ...rows] = text.match(/(?:"(?:[^"]|"")*"|[^"\n])*\n/g).map((line) =>
    [...line.slice(0, -1).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((cell) =>
      cell[1]?.replaceAll('""', '"') ?? cell[2]));
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [names[i], cell])));
}

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// ---- What it does ----

function read(root) {
  const { head, steps, instances, journal } = readStudy(root);
  const table = fs.existsSync(path.join(root, 'status.csv')) ? readTable(root) : null;
  const found = instances.map(({ index, name, step, command, workspace, needs, groups, parameters }) => ({
    name, step: steps[step].name, state: journal.state(index), held: journal.held.has(index), command, workspace,
    parameters: Object.fromEntries(parameters.map(([key, value]) => [key, value])),
    needs: [...needs, ...groups.flatMap((g) => Array.from({ length: steps[g].count }, (_, i) => steps[g].first + i))]
      .map((other) => instances[other].name),
  }));
  const { settings, outcome, closed } = journal;
  console.log(JSON.stringify({ name: head.name, outcome: outcome?.state ?? null, closed, settings, instances: found, table }));
}

async function follow(root) {
  const { journal, ...study } = readStudy(root);
  let { instances } = study;
  let { amendment } = journal;
  const shown = new Map();
  for (;;) {
    if (fs.existsSync(journal.path)) journal.read();
    if (journal.amendment !== amendment) ({ amendment } = journal, { instances } = readGraph(root, amendment));
    for (const { index, name } of instances) {
      const state = journal.state(index);
      if (state !== (shown.get(name) ?? 'INITIALIZED')) console.log(name, state);
      shown.set(name, state);
    }
    if (journal.closed !== null) return console.log('END', journal.outcome?.state ?? journal.closed);
    await pause(50);
  }
}

async function ask(root, request) {
  const name = `stranger-${crypto.randomBytes(6).toString('hex')}.json`;
  const folder = path.join(root, '.maestro/requests');
  fs.writeFileSync(path.join(folder, `.${name}.tmp`), JSON.stringify(JSON.parse(request)));
  fs.renameSync(path.join(folder, `.${name}.tmp`), path.join(folder, name));
  for (let i = 0; i < 400; i++, await pause(50)) {
    const file = path.join(root, '.maestro/answers', name);
    if (!fs.existsSync(file)) continue;
    const answer = JSON.parse(readWhole(file));
    console.log(JSON.stringify(answer));
    return answer.accepted ? 0 : 1;
  }
  return 2;
}

function make(root, plan) {
  const head = (format) => ({ format, version: [1, 1], requires: [], writer: 'a stranger' });
  const empty = (words) => Object.fromEntries(words.split(' ').map((word) => [word, null]));
  const free = { allocation_args: {}, launcher_args: {} };
  const names = plan.steps.map(({ name }) => name);
  const graph = { ...head('maestro-graph'), requires: ['output_path'], record: 'graph', name: plan.name, description: '', root: null, specroot: root, hashws: false,
    batch: { type: plan.type, shell: '/bin/sh',
      ...empty('host bank queue nodes procs gpus reservation qos uri version launcher local_slots user_throttle'),
      args: {}, ...free, array: false, ...(plan.slots ? { local_slots: plan.slots } : {}) },
    parameters: [], steps: names.length, instances: names.length };
  if (plan.slots) graph.requires.push('local_slots');
  const steps = plan.steps.map(({ name, procs }, index) => ({ record: 'step', index, name, description: '', workspace: name,
    parameters: [], first: index, count: 1,
    resources: { ...empty('nodes procs gpus cores_per_task tasks_per_rs rs_per_node cpus_per_rs bind bind_gpus walltime'
      + ' reservation exclusive_allocation exclusive_launcher nested waitable priority qos requeue enforce_walltime'),
      ...free, procs: procs ?? null },
    failure: { retries: 0, retry_pause: 0, success_codes: [0], retry_codes: null, restart_codes: [], allow_failure: false } }));
  const instances = plan.steps.map(({ name, command, needs, procs }, index) => ({ record: 'instance', index, name, step: index,
    description: null, parameters: [], workspace: name, script: name, label: name, scheduled: Boolean(procs), command,
    restart: null, resources: null, needs: (needs ?? []).map((other) => names.indexOf(other)).sort(), groups: [] }));
  const run = { ...head('maestro-run'), study_id: crypto.randomBytes(6).toString('hex'), created: Date.now(),
    study_file: '', pgen_file: null, throttle: 0, rlimit: 1, attempts: 1, sleep: 5, usetmp: false, dry: false,
    variables: {}, batch: {} };
  fs.mkdirSync(path.join(root, '.maestro/requests'), { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(root, '.maestro/run.msgpack'), seal(run));
  const maps = [graph, ...steps, ...instances, { record: 'end', instances: names.length }];
  fs.writeFileSync(path.join(root, '.maestro/graph.msgpack'), Buffer.concat(maps.map(seal)));
}

const [word, folder, request] = process.argv.slice(2);
try {
  const root = path.resolve(folder);
  if (word === 'read') read(root);
  else if (word === 'follow') await follow(root);
  else if (word === 'ask') process.exitCode = await ask(root, request);
  else if (word === 'make') make(root, JSON.parse(fs.readFileSync(0)));
  else fail(`what is ${word}?`);
} catch (error) {
  console.error(`study.mjs: ${error.message}`);
  process.exitCode = 70;
}

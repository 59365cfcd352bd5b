// The study's instances, as columns; texts are harmless already, and are only ever set as text.
const page = JSON.parse(document.getElementById("data").textContent);
const size = page.size;

const columns = page.columns.map((packed, number) => {
  const values = packed.d
    ? packed.x.map((place) => (place < 0 ? null : packed.d[place]))
    : packed.t !== undefined
      ? packed.v.map((value) => (value === null ? null : value + packed.t))
      : packed.v;
  const present = values.filter((value) => value !== null);
  const numeric = present.length > 0 && present.every((value) => typeof value === "number");
  return {
    field: "c" + number, name: packed.n, kind: packed.k, group: packed.g, values, numeric,
    empty: present.length === 0,
  };
});

function named(name) {
  return columns.find((column) => column.group === "instance" && column.name === name);
}

const two = (number) => String(number).padStart(2, "0");

/** Where the writer's clock stood: a Date whose UTC fields are the writer's local ones. */
function local(ms) {
  return new Date(ms + page.zone * 1000);
}

function moment(ms) {
  const at = local(ms);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ` +
    `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

function duration(seconds) {
  if (seconds < 10) return `${+seconds.toPrecision(2)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const parts = (large, one, small, other) => (small ? `${large} ${one} ${small} ${other}` : `${large} ${one}`);
  if (whole < 3600) return parts(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < 86400) return parts(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
  return parts(Math.floor(whole / 86400), "d", Math.floor((whole % 86400) / 3600), "h");
}

function shown(column, value) {
  if (value === null) return "";
  if (column.kind === "time") return moment(value);
  if (column.kind === "duration") return duration(value);
  return String(value);
}

const TONES = {
  FAILED: "bad", TIMEDOUT: "bad", HWFAILURE: "bad", INCOMPLETE: "bad", CANCELLED: "off",
  FINISHED: "ok", SKIPPED: "ok", DRYRUN: "ok",
  RUNNING: "run", PENDING: "run", FINISHING: "run", UNKNOWN: "run",
};

function tone(state) {
  return TONES[state.split(" ")[0]] || "wait";
}

/** Numbers before texts, what is missing last. */
function compare(a, b) {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a < b ? -1 : 1;
}

/** An element with properties and children; texts among them are text. */
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function labelled(text, control) {
  return make("label", {}, text + " ", control);
}

function choice(options, chosen) {
  const select = make("select");
  options.forEach(([value, text]) => select.append(make("option", { value, textContent: text })));
  if (chosen !== undefined) select.value = chosen;
  return select;
}

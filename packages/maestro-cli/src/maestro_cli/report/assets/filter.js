// Which instances are looked at: by words, state, step and parameters, as `maestro status` chooses them.
const chosen = { words: "", states: new Set(), step: "", where: [] };
const passes = new Uint8Array(size).fill(1);
const listeners = [];

/** Reads `TEMP=300,PRESSURE>2`; a value with a comma stands in quotes. Throws what is wrong. */
function readWhere(text) {
  const conditions = [];
  const form = /\s*([^=!<>,]+?)\s*(!=|<=|>=|=|<|>)\s*("[^"]*"|'[^']*'|[^,]*)\s*(,|$)/y;
  while (form.lastIndex < text.length) {
    const found = form.exec(text);
    if (!found) throw new Error("a condition reads NAME=VALUE, with = != < <= > or >=");
    const column = columns.find((c) => c.group !== "instance" && c.name === found[1]) ||
      columns.find((c) => c.name === found[1]);
    if (!column) throw new Error(`there is no parameter ${found[1]}`);
    const quoted = /^["']/.test(found[3]);
    conditions.push({ column, test: found[2], value: quoted ? found[3].slice(1, -1) : found[3] });
  }
  return conditions;
}

function fits(condition, row) {
  const has = condition.column.values[row];
  if (has === null) return false;
  const number = condition.value.trim() === "" ? NaN : Number(condition.value);
  const numbers = typeof has === "number" && !Number.isNaN(number);
  const [a, b] = numbers ? [has, number] : [String(has), condition.value];
  switch (condition.test) {
    case "=": return a === b;
    case "!=": return a !== b;
    default: if (!numbers) return false;
  }
  return { "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[condition.test];
}

let haystack = null;

/** The texts of each row that words are sought in. */
function rowsAsText() {
  if (!haystack) {
    haystack = Array.from({ length: size }, (_, row) =>
      columns.map((column) => shown(column, column.values[row])).join("\n").toLowerCase());
  }
  return haystack;
}

function refilter() {
  const words = chosen.words.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = words.length ? rowsAsText() : null;
  const state = named("State").values;
  const step = named("Step").values;
  let count = 0;
  for (let row = 0; row < size; row++) {
    const pass =
      (!chosen.states.size || chosen.states.has(state[row])) &&
      (!chosen.step || chosen.step === step[row]) &&
      chosen.where.every((condition) => fits(condition, row)) &&
      words.every((word) => texts[row].includes(word));
    passes[row] = pass ? 1 : 0;
    count += passes[row];
  }
  document.getElementById("shown").textContent =
    count === size ? `${size} instances` : `${count} of ${size} instances`;
  listeners.forEach((listener) => listener());
}

function makeFilters() {
  const words = make("input", { type: "search", placeholder: "any text", id: "words" });
  const where = make("input", { type: "search", id: "where", placeholder: "TEMP=300,PRESSURE>2" });
  const wrong = make("span", { className: "wrong", id: "where-wrong" });
  where.setAttribute("aria-describedby", "where-wrong");
  const steps = [...new Set(named("Step").values)];
  const step = choice([["", "all steps"], ...steps.map((name) => [name, name])]);
  step.id = "step";
  words.addEventListener("input", () => { chosen.words = words.value; refilter(); });
  step.addEventListener("change", () => { chosen.step = step.value; refilter(); });
  where.addEventListener("input", () => {
    try {
      chosen.where = readWhere(where.value);
      wrong.textContent = "";
    } catch (error) {
      wrong.textContent = error.message;
      return;
    }
    refilter();
  });
  const counts = new Map();
  named("State").values.forEach((state) => counts.set(state, (counts.get(state) || 0) + 1));
  const states = make("fieldset", {}, make("legend", { textContent: "State" }));
  [...counts].forEach(([state, count]) => {
    const box = make("input", { type: "checkbox", value: state });
    box.addEventListener("change", () => {
      if (box.checked) chosen.states.add(state); else chosen.states.delete(state);
      refilter();
    });
    states.append(make("label", { className: "chip " + tone(state) }, box,
      ` ${state.toLowerCase()} (${count})`));
  });
  document.getElementById("filters").append(
    labelled("Search", words), labelled("Step", step), labelled("Where", where), wrong, states);
}

// Two columns against each other, and a third as colour.
const MOST_COLOURS = 8;

/** Columns that may be an axis: parameters and results first. */
function axes() {
  const rank = { result: 0, parameter: 1, instance: 2 };
  const useful = columns.filter((column) =>
    !column.empty && !["Instance", "Job", "Reason", "Submitted"].includes(column.group === "instance" ? column.name : ""));
  return useful.sort((a, b) => rank[a.group] - rank[b.group]);
}

/** A column as numbers: its own, or the places of its texts in their order. */
function scaled(column) {
  if (column.numeric) {
    const factor = column.kind === "time" ? 0.001 : 1;
    return { of: (row) => (column.values[row] === null ? null : column.values[row] * factor), words: null };
  }
  const words = [...new Set(column.values.filter((value) => value !== null))].sort(compare);
  const place = new Map(words.map((word, number) => [word, number]));
  return { of: (row) => (column.values[row] === null ? null : place.get(column.values[row])), words };
}

/** How a value of an axis is written. */
function axisText(column, words, value) {
  if (words) return Number.isInteger(value) && words[value] !== undefined ? short(String(words[value])) : "";
  if (column.kind === "duration") return duration(value);
  return String(+value.toPrecision(6));
}

/** Which of a column's colours a value has; states have their own. */
function hueOf(column, name, number) {
  if (column.group !== "instance" || column.name !== "State") return colour(number);
  // Two kinds of failure are two colours here.
  const own = { TIMEDOUT: 3, HWFAILURE: 6, INCOMPLETE: 7, SKIPPED: 5, DRYRUN: 5 }[name];
  if (own !== undefined) return colour(own);
  return { bad: style("--bad"), ok: style("--ok"), run: style("--run"), off: style("--off"), wait: style("--wait") }[tone(name)];
}

/** A shift of at most a fifth to each side, the same for a row each time: points of one word side by side. */
function jitter(row) {
  return (((row * 2654435761) >>> 0) / 4294967296 - 0.5) * 0.4;
}

function short(text) {
  return text.length > 14 ? text.slice(0, 7) + "…" + text.slice(-6) : text;
}

/** Groups of rows with one colour each: by value, or by eighths of a column of many numbers. */
function coloured(column, rows) {
  const values = [...new Set(rows.map((row) => column.values[row]))].filter((v) => v !== null).sort(compare);
  if (values.length <= MOST_COLOURS) {
    return values.map((value) => [shown(column, value), rows.filter((row) => column.values[row] === value)]);
  }
  const sorted = rows.filter((row) => column.values[row] !== null)
    .sort((a, b) => compare(column.values[a], column.values[b]));
  const groups = [];
  for (let k = 0; k < MOST_COLOURS; k++) {
    const part = sorted.slice(Math.floor(k * sorted.length / MOST_COLOURS), Math.floor((k + 1) * sorted.length / MOST_COLOURS));
    if (part.length) {
      groups.push([`${shown(column, column.values[part[0]])} … ${shown(column, column.values[part[part.length - 1]])}`, part]);
    }
  }
  return groups;
}

function makeScatter() {
  const place = document.getElementById("scatter");
  if (!place) return;
  const options = axes();
  const names = options.map((column) => [column.field, column.name]);
  const parameters = options.filter((column) => column.group === "parameter");
  const different = (column) => (column.numeric ? 1e9 : 0) + new Set(column.values).size;
  const parameter = [...parameters].sort((a, b) => different(b) - different(a))[0];
  const result = options.find((column) => column.group === "result" && column.numeric);
  const x = choice(names, (parameter || options[0]).field);
  const y = choice(names, (result || named("Run time")).field);
  const by = choice(names, named("State").field);
  document.getElementById("scatter-controls").append(
    labelled("Across", x), labelled("Up", y), labelled("Colour", by));
  let plot = null;
  const draw = () => {
    if (plot) plot.destroy();
    const [across, up, hue] = [x, y, by].map((select) => columns.find((c) => c.field === select.value));
    const [fx, fy] = [scaled(across), scaled(up)];
    if (fx.words) {
      const exact = fx.of;
      fx.of = (row) => (exact(row) === null ? null : exact(row) + jitter(row));
    }
    const rows = [];
    for (let row = 0; row < size; row++) {
      if (passes[row] && fx.of(row) !== null && fy.of(row) !== null) rows.push(row);
    }
    rows.sort((a, b) => fx.of(a) - fx.of(b));
    const groups = coloured(hue, rows);
    const data = [rows.map(fx.of)];
    groups.forEach(([, members]) => {
      const mine = new Set(members);
      data.push(rows.map((row) => (mine.has(row) ? fy.of(row) : null)));
    });
    const point = rows.length > 3000 ? 3 : 6;
    plot = new uPlot({
      width: widthOf(place), height: 380, padding: [12, 16, 0, 0], tzDate: plotDate,
      cursor: { drag: { x: true, y: true }, points: { show: false } },
      scales: { x: { time: across.kind === "time", range: padded(fx.words) }, y: { time: false, range: padded(fy.words) } },
      axes: [
        across.kind === "time" ? timeAxis({ label: across.name, labelSize: 22 }) : axis({
          label: across.name, labelSize: 22,
          values: (_plot, splits) => splits.map((value) => axisText(across, fx.words, value)), ...marks(across, fx.words),
        }),
        axis({
          label: up.name, labelSize: 22, size: 96, ...marks(up, fy.words),
          values: (_plot, splits) => splits.map((value) =>
            up.kind === "time" ? moment(value * 1000).slice(5, 16) : axisText(up, fy.words, value)),
        }),
      ],
      series: [{ label: across.name }, ...groups.map(([name], number) => ({
        label: name === "" ? "none" : name, stroke: hueOf(hue, name, number), paths: () => null,
        points: { show: true, size: point, fill: hueOf(hue, name, number) + "aa", width: 1 },
      }))],
      legend: { live: false },
    }, data, place);
  };
  const change = drawn(place, draw);
  [x, y, by].forEach((select) => select.addEventListener("change", change));
  listeners.push(change);
}

/** Where an axis has its marks: at words, or at durations that people would choose. */
function marks(column, words) {
  if (words) return { incrs: [1, 2, 5, 10, 20, 50, 100, 1000, 10000] };
  return column.kind === "duration" ? { incrs: DURATIONS } : {};
}

function padded(words) {
  return (_plot, low, high) => {
    if (words) return [-0.5, words.length - 0.5];
    const room = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
    return [low - room, high + room];
  };
}

// When instances waited, were queued and ran: how many at once, and each as a bar, by slot or by job.
const MOST_JOBS = 300;
/** How many bars there are where nothing is filtered out. */
let everyBar = 0;

function spans() {
  const [submitted, started, ended] = ["Submitted", "Started", "Ended"].map((name) => named(name).values);
  const waited = named("Waited").values;
  const state = named("State").values;
  const end = Math.max(...[submitted, started, ended].map((v) => v.reduce((m, x) => Math.max(m, x || 0), 0)));
  const queued = named("Queued").values;
  const found = [];
  const first = new Set();
  page.earlier.forEach(([row, submitted, started, stop, state]) => {
    const wait = first.has(row) ? 0 : (waited[row] || 0) * 1000;
    first.add(row);
    found.push({ row, submitted, started, stop, ready: submitted - wait, tone: tone(state), state });
  });
  for (let row = 0; row < size; row++) {
    if (submitted[row] === null) continue;
    const running = named("Run time").values[row];
    const begin = started[row];
    const stop = ended[row] !== null ? ended[row]
      : begin !== null && running !== null ? begin + running * 1000 : begin !== null ? begin : end;
    // What was tried again was first submitted for an attempt before.
    const again = first.has(row);
    const from = again ? (begin === null ? end : begin - (queued[row] || 0) * 1000) : submitted[row];
    found.push({
      row, submitted: from, started: begin, stop: Math.max(stop, from),
      ready: again ? from : submitted[row] - (waited[row] || 0) * 1000, tone: tone(state[row]), state: state[row],
    });
  }
  return found;
}

/** Gives each bar the lowest lane that is free: as many lanes as ever ran at once. */
function bySlot(bars) {
  const free = [];
  const ran = bars.filter((bar) => bar.started !== null).sort((a, b) => a.started - b.started);
  ran.forEach((bar) => {
    let lane = free.findIndex((time) => time <= bar.started);
    if (lane < 0) lane = free.length;
    free[lane] = bar.stop;
    bar.lane = lane;
  });
  return { bars: ran, lanes: free.length, left: 0 };
}

function byJob(bars) {
  const sorted = [...bars].sort((a, b) => a.submitted - b.submitted);
  const lanes = new Map();
  sorted.forEach((bar) => { if (!lanes.has(bar.row)) lanes.set(bar.row, lanes.size); });
  sorted.forEach((bar) => { bar.lane = lanes.get(bar.row); });
  const lines = Math.min(lanes.size, MOST_JOBS);
  return { bars: sorted.filter((bar) => bar.lane < lines), lanes: lines, left: lanes.size - lines };
}

/** The numbers that are queued and running, as steps of time, from one second to another. */
function load(bars, least, most) {
  // Where nothing is filtered out, of all instances, also of those that have no row here.
  const all = bars.length === everyBar && page.load.length;
  const data = all ? [0, 1, 2].map((k) => page.load.map((point) => (k ? point[k] : point[0] / 1000))) : counted(bars);
  // Both pictures begin and end together.
  const last = data[0].length - 1;
  if (data[0][last] < most) {
    const end = [most, data[1][last], data[2][last]];
    data.forEach((values, k) => values.push(end[k]));
  }
  if (data[0][0] > least) data.forEach((values, k) => values.unshift(k ? 0 : least));
  return data;
}

function counted(bars) {
  const changes = [];
  bars.forEach((bar) => {
    changes.push([bar.submitted, 1, 0]);
    changes.push([bar.started === null ? bar.stop : bar.started, -1, bar.started === null ? 0 : 1]);
    if (bar.started !== null) changes.push([bar.stop, 0, -1]);
  });
  changes.sort((a, b) => a[0] - b[0]);
  const data = [[], [], []];
  let queued = 0;
  let running = 0;
  changes.forEach(([time, q, r], place) => {
    queued += q;
    running += r;
    if (place + 1 < changes.length && changes[place + 1][0] === time) return;
    data[0].push(time / 1000);
    data[1].push(running);
    data[2].push(queued);
  });
  return data;
}

function makeTimeline() {
  const loadPlace = document.getElementById("load");
  const place = document.getElementById("lanes");
  if (!place) return;
  const told = document.getElementById("lanes-told");
  const all = spans();
  everyBar = all.length;
  const rows = choice([["slot", "slot, as packed"], ["job", "instance"]]);
  document.getElementById("timeline-controls").append(
    labelled("A line per", rows),
    make("span", { className: "key" }, make("i", { className: "k wait" }), "waited, could have run"),
    make("span", { className: "key" }, make("i", { className: "k queue" }), "queued"),
    make("span", { className: "key" }, make("i", { className: "k ran" }), "ran"),
    make("span", { className: "key" }, make("i", { className: "k failed" }), "failed"));
  let plots = [];
  const draw = () => {
    plots.forEach((plot) => plot.destroy());
    plots = [];
    const bars = all.filter((bar) => passes[bar.row]).map((bar) => ({ ...bar }));
    const layout = rows.value === "slot" ? bySlot(bars) : byJob(bars);
    if (!layout.lanes) { told.textContent = "None of these instances has run."; return; }
    const begins = (bar) => (rows.value === "job" ? bar.ready : bar.submitted);
    const least = layout.bars.reduce((m, bar) => Math.min(m, begins(bar)), Infinity) / 1000;
    const most = layout.bars.reduce((m, bar) => Math.max(m, bar.stop), -Infinity) / 1000;
    const sync = uPlot.sync("time");
    const common = {
      width: widthOf(place), tzDate: plotDate, padding: [8, 12, 0, 0],
      cursor: { sync: { key: sync.key, setSeries: false }, drag: { x: true, y: false } },
    };
    plots.push(new uPlot({
      ...common, height: 150,
      scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, Math.max(1, high) * 1.05] } },
      axes: [timeAxis({}), axis({ size: 54, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] })],
      series: [{}, {
        label: "running", stroke: colour(0), fill: colour(0) + "33", paths: uPlot.paths.stepped({ align: 1 }), points: { show: false },
      }, {
        label: "queued", stroke: colour(3), dash: [4, 3], paths: uPlot.paths.stepped({ align: 1 }), points: { show: false },
      }],
    }, load(bars, least, most), loadPlace));
    const high = Math.min(640, Math.max(110, 60 + layout.lanes * 18));
    plots.push(new uPlot({
      ...common, height: high, legend: { show: false },
      scales: { x: { time: true }, y: { range: () => [Math.max(1, layout.lanes), 0] } },
      axes: [timeAxis({}), axis({ size: 54, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] })],
      series: [{}, { label: "", points: { show: false }, paths: () => null }],
      hooks: {
        draw: [(plot) => drawBars(plot, layout, rows.value === "job")],
        setCursor: [(plot) => tell(plot, layout, told)],
      },
    }, [[least, Math.max(most, least + 1)], [null, null]], place));
    told.textContent = layout.left
      ? `The first ${layout.lanes} of ${layout.lanes + layout.left} instances; filter to see others.`
      : rows.value === "slot" ? slotsTold(layout, bars) : "";
  };
  const change = drawn(place, draw);
  rows.addEventListener("change", change);
  listeners.push(change);
}

function slotsTold(layout, bars) {
  if (size < page.total) return `Bars of ${size} instances only: in the gaps others may have run. The numbers above count all, unless filtered.`;
  if (bars.length < everyBar) return "Only the instances that the filters leave: in the gaps others may have run.";
  return `${layout.lanes} at once at most; gaps are times in which nothing ran there.`;
}

function drawBars(plot, layout, whole) {
  const ctx = plot.ctx;
  const colours = { bad: style("--bad"), ok: style("--ok"), run: style("--run"), off: style("--off"), wait: style("--wait") };
  const grey = style("--grid");
  const queue = style("--wait");
  const x = (ms) => plot.valToPos(ms / 1000, "x", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  const step = Math.abs(plot.valToPos(1, "y", true) - plot.valToPos(0, "y", true));
  const thick = Math.max(1, step * 0.78);
  layout.bars.forEach((bar) => {
    const y = plot.valToPos(bar.lane, "y", true) + (step - thick) / 2;
    const rect = (from, to, fill, part) => {
      const left = x(from);
      ctx.fillStyle = fill;
      ctx.fillRect(left, y + thick * (1 - part) / 2, Math.max(1, x(to) - left), thick * part);
    };
    if (whole) {
      if (bar.ready < bar.submitted) rect(bar.ready, bar.submitted, grey, 0.3);
      rect(bar.submitted, bar.started === null ? bar.stop : bar.started, queue, 0.5);
    }
    if (bar.started !== null) rect(bar.started, bar.stop, colours[bar.tone], 1);
  });
  ctx.restore();
}

function tell(plot, layout, told) {
  const { left, top } = plot.cursor;
  if (left === undefined || left < 0) return;
  const time = plot.posToVal(left, "x") * 1000;
  const lane = Math.floor(plot.posToVal(top, "y"));
  const bar = layout.bars.find((each) => each.lane === lane && each.submitted <= time && time <= each.stop);
  if (!bar) return;
  told.textContent = `${named("Instance").values[bar.row]}: ${bar.state.toLowerCase()}` +
    `, submitted ${moment(bar.submitted)}` +
    (bar.started === null ? "" : `, ran ${duration((bar.stop - bar.started) / 1000)}`);
}

// Parallel coordinates: a line per instance across all chosen columns.
const MOST_AXES = 7;

function makeParallel() {
  const place = document.getElementById("parallel");
  if (!place) return;
  const options = axes().filter((column) => new Set(column.values).size > 1);
  const wanted = options.filter((column) => column.group !== "instance" || column.name === "Run time").slice(0, MOST_AXES);
  const picked = new Set(wanted);
  const boxes = make("fieldset", {}, make("legend", { textContent: "Axes" }));
  const canvas = make("canvas", { height: 360 });
  place.append(canvas);
  const draw = () => drawParallel(place, canvas, options.filter((column) => picked.has(column)));
  const change = drawn(place, draw);
  options.forEach((column) => {
    const box = make("input", { type: "checkbox", checked: picked.has(column) });
    box.addEventListener("change", () => {
      if (box.checked) picked.add(column); else picked.delete(column);
      change();
    });
    boxes.append(make("label", { className: "chip" }, box, " " + column.name));
  });
  document.getElementById("parallel-controls").append(boxes);
  listeners.push(change);
}

function drawParallel(place, canvas, picked) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [widthOf(place), 360];
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = width + "px";
  canvas.style.height = height + "px";
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.font = "12px system-ui, sans-serif";
  if (picked.length < 2) {
    ctx.fillStyle = style("--text");
    ctx.fillText("Choose two axes or more.", 10, 30);
    return;
  }
  const [top, bottom, side] = [44, height - 24, 70];
  const lanes = picked.map((column, number) => {
    const scale = scaled(column);
    const values = column.values.map((_value, row) => scale.of(row));
    const [low, high] = values.reduce(
      ([a, b], v) => (v === null ? [a, b] : [Math.min(a, v), Math.max(b, v)]), [Infinity, -Infinity]);
    return {
      column, scale, values, low, high, x: side + number * (width - 2 * side) / (picked.length - 1),
      y: (v) => (high === low ? (top + bottom) / 2 : bottom - (v - low) / (high - low) * (bottom - top)),
    };
  });
  const count = passes.reduce((sum, pass) => sum + pass, 0);
  const colours = { bad: style("--bad"), ok: style("--ok"), run: style("--run"), off: style("--off"), wait: style("--wait") };
  const state = named("State").values;
  ctx.globalAlpha = Math.max(0.04, Math.min(0.8, 60 / Math.max(1, count)));
  // What failed is drawn last, and so on top.
  ["wait", "ok", "run", "off", "bad"].forEach((kind) => {
    ctx.strokeStyle = colours[kind];
    if (kind === "bad") ctx.globalAlpha = Math.min(0.9, ctx.globalAlpha * 3);
    for (let row = 0; row < size; row++) {
      if (!passes[row] || tone(state[row]) !== kind) continue;
      ctx.beginPath();
      let pen = false;
      lanes.forEach((lane) => {
        const value = lane.values[row];
        if (value === null) { pen = false; return; }
        if (pen) ctx.lineTo(lane.x, lane.y(value)); else ctx.moveTo(lane.x, lane.y(value));
        pen = true;
      });
      ctx.stroke();
    }
  });
  ctx.globalAlpha = 1;
  ctx.fillStyle = style("--text");
  ctx.strokeStyle = style("--text");
  const halo = style("--paper");
  const write = (text, x, y) => {
    ctx.save();
    ctx.strokeStyle = halo;
    ctx.lineWidth = 4;
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
    ctx.restore();
  };
  lanes.forEach((lane, number) => {
    ctx.beginPath();
    ctx.moveTo(lane.x, top);
    ctx.lineTo(lane.x, bottom);
    ctx.stroke();
    ctx.textAlign = "center";
    write(short(lane.column.name), lane.x, number % 2 ? 12 : 26);
    const words = lane.scale.words;
    const marks = words && words.length <= 12 ? words.map((_word, k) => k) : lane.low === lane.high ? [lane.low] : [lane.low, lane.high];
    ctx.textAlign = number === lanes.length - 1 ? "right" : "left";
    marks.forEach((value) => {
      const text = lane.column.kind === "time" ? moment(value * 1000).slice(5, 16) : axisText(lane.column, words, value);
      write(text, lane.x + (ctx.textAlign === "left" ? 5 : -5), lane.y(value) + (value === lane.low ? 14 : -4));
    });
  });
}

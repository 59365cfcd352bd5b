// What all plots share: colours of the page, widths, and drawing anew when either changes.
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const COLOURS = ["#0969da", "#c4281c", "#1a7f37", "#a87b00", "#8250df", "#0e8a8a", "#b3418c", "#6b7280"];
const DARK = ["#4aa8ff", "#ff7b72", "#3fb950", "#d9a400", "#bc8cff", "#39c5cf", "#f778ba", "#9ca3af"];
const dark = matchMedia("(prefers-color-scheme: dark)");

function colour(number) {
  return (dark.matches ? DARK : COLOURS)[number % COLOURS.length];
}

function axis(more) {
  return { stroke: style("--text"), grid: { stroke: style("--grid") }, ticks: { stroke: style("--grid") }, ...more };
}

function widthOf(element) {
  return Math.max(260, element.clientWidth);
}

/** How long a plot waits for further changes, in ms: the table comes first, and typing goes on. */
const PATIENCE = 120;

/** Calls `draw` when the element comes into view, and again after each change while it is. */
function drawn(element, draw) {
  let stale = true;
  let near = false;
  let waiting = 0;
  const again = () => {
    if (!near || !stale) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => requestAnimationFrame(() => {
      stale = false;
      draw();
      element.dataset.drawn = "yes";
    }), PATIENCE);
  };
  const change = () => {
    stale = true;
    element.dataset.drawn = "no";
    again();
  };
  new IntersectionObserver((entries) => {
    near = entries.some((entry) => entry.isIntersecting);
    again();
  }, { rootMargin: "300px" }).observe(element);
  let width = element.clientWidth;
  new ResizeObserver(() => {
    if (element.clientWidth !== width) { width = element.clientWidth; change(); }
  }).observe(element);
  dark.addEventListener("change", change);
  window.addEventListener("beforeprint", () => { near = true; draw(); });
  return change;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
/** Between two marks of an axis of durations, in seconds. */
const DURATIONS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE,
  10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY,
  10 * DAY, 30 * DAY, 100 * DAY, 365 * DAY,
];

/** An axis of moments: the hour, and the date where it changes. */
function timeAxis(more) {
  return axis({
    size: 46,
    values: (_plot, splits, _axis, _space, between) => {
      let before = "";
      return splits.map((seconds) => {
        const text = moment(Math.round(seconds * 1000));
        const date = text.slice(0, 10);
        const first = date !== before;
        before = date;
        if (between >= DAY) return date;
        const parts = between < 1 ? "." + String(Math.round(seconds * 1000) % 1000).padStart(3, "0").slice(0, between < 0.1 ? 3 : 1) : "";
        const clock = between < MINUTE ? text.slice(11) + parts : text.slice(11, 16);
        return first ? clock + "\n" + date : clock;
      });
    },
    ...more,
  });
}

/** uPlot writes the local fields of a date: this one has those of the writer's clock. */
function plotDate(seconds) {
  const at = local(seconds * 1000);
  return new Date(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours(),
    at.getUTCMinutes(), at.getUTCSeconds(), at.getUTCMilliseconds());
}

// The table of instances, by Tabulator. Titles and values are set as text, never as HTML.
function makeTable() {
  const rows = Array.from({ length: size }, (_, row) => {
    const made = { id: row };
    columns.forEach((column) => { made[column.field] = column.values[row]; });
    return made;
  });
  const visible = columns.filter((column) => !column.empty);
  const table = new Tabulator("#table", {
    data: rows,
    height: Math.min(560, 80 + 30 * Math.max(2, size)),
    layout: "fitData",
    movableColumns: false,
    placeholder: "No instance fits.",
    columnDefaults: { headerSortTristate: true, resizable: "header", minWidth: 70, maxInitialWidth: 320 },
    columns: visible.map((column, place) => ({
      title: column.field,
      field: column.field,
      frozen: place === 0 && window.innerWidth > 700,
      hozAlign: column.numeric || column.kind === "duration" ? "right" : "left",
      titleFormatter: () => make("span", { textContent: column.name, title: column.name }),
      formatter: (cell) => {
        const value = cell.getValue();
        const text = shown(column, value);
        if (column.name === "State" && column.group === "instance" && value !== null) {
          return make("span", { className: "tag " + tone(value), textContent: text.toLowerCase() });
        }
        return document.createTextNode(text);
      },
      sorter: (a, b, _one, _other, _column, direction) => {
        // What is missing stays last, whatever the direction.
        if (a === null || b === null) return (direction === "desc" ? -1 : 1) * compare(a, b);
        return compare(a, b);
      },
    })),
  });
  table.on("tableBuilt", () => {
    document.querySelectorAll("#table .tabulator-col.tabulator-sortable").forEach((head, place) => {
      head.tabIndex = 0;
      head.setAttribute("aria-label", visible[place].name);
      head.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          head.click();
        }
      });
    });
    // What scrolls takes the focus, so it must be the group of rows itself.
    const grid = document.getElementById("table");
    grid.removeAttribute("aria-owns");
    grid.setAttribute("aria-label", "Instances");
    grid.querySelector(".tabulator-tableholder").setAttribute("role", "rowgroup");
    grid.querySelector(".tabulator-table").setAttribute("role", "none");
    listeners.push(() => table.setFilter((row) => passes[row.id] === 1));
  });
  return table;
}

/** More rows are not printed, only counted. */
const MOST_PRINTED = 500;

/** On paper there is nothing to scroll: the rows that the filters leave become a plain table. */
function printTable() {
  let plain = null;
  window.addEventListener("beforeprint", () => {
    const visible = columns.filter((column) => !column.empty);
    const rows = [];
    for (let row = 0; row < size; row++) if (passes[row]) rows.push(row);
    const head = make("tr", {}, ...visible.map((column) => make("th", { scope: "col", textContent: column.name })));
    const body = rows.slice(0, MOST_PRINTED).map((row) =>
      make("tr", {}, ...visible.map((column) => make("td", { textContent: shown(column, column.values[row]) }))));
    const left = rows.length - body.length;
    plain = make("div", { className: "paper" },
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
    if (left > 0) plain.append(make("p", { textContent: `${left} more are not printed.` }));
    document.getElementById("table").after(plain);
  });
  window.addEventListener("afterprint", () => { if (plain) plain.remove(); plain = null; });
}

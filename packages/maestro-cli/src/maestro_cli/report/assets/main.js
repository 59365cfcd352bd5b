// Everything is built once; filters then go through `refilter`.
makeFilters();
const table = makeTable();
printTable();
makeTimeline();
makeScatter();
makeParallel();
table.on("tableBuilt", () => {
  refilter();
  document.documentElement.setAttribute("data-ready", "yes");
});

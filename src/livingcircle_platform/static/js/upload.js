// Help with the upload form: show only what matters for the table, take files that are dropped,
// and say before sending that a file is too large. Without this the form works all the same.

const MB = 1024 ** 2;
const OFFICE = 50;
const LAYER = 300;
const STREETS = 1024;
const LAYERS = /\.(gpkg|parquet|geoparquet|shp|shx|dbf|prj|cpg)$/i;
const BASE = new Set(["streets", "doors", "gates", "barriers", "entrances", "junctions", "reports"]);

const form = document.querySelector("[data-upload]");
const input = form.querySelector("input[type=file]");
const zone = form.querySelector("[data-drop]");
const problem = form.querySelector("[data-drop-problem]");

function most(name) {
  if (/\.osm\.pbf$/i.test(name)) return STREETS;
  return LAYERS.test(name) ? LAYER : OFFICE;
}

function showWhatMatters() {
  const table = form.elements.table.value;
  form.querySelector('[data-for="outlets"]').hidden = table !== "outlets";
  form.querySelector('[data-for="base"]').hidden = !BASE.has(table);
  form.querySelector("[data-for-some]").hidden = form.elements.complete.value !== "some";
}

function checkSizes() {
  const large = [...input.files].find((file) => file.size > most(file.name) * MB);
  problem.hidden = !large;
  problem.textContent = large
    ? `“${large.name}”有 ${Math.round(large.size / MB)} MB，超过 ${most(large.name)} MB。分成几个文件，或只留下要用的行、列和图层。`
    : "";
}

function over(event) {
  event.preventDefault();
  zone.classList.toggle("is-over", event.type === "dragover");
}

form.addEventListener("change", () => { showWhatMatters(); checkSizes(); });
form.addEventListener("submit", (event) => { if (!problem.hidden) event.preventDefault(); });
zone.addEventListener("dragover", over);
zone.addEventListener("dragleave", over);
zone.addEventListener("drop", (event) => {
  over(event);
  input.files = event.dataTransfer.files;
  checkSizes();
});
zone.querySelector("[data-drop-hint]").hidden = false;
showWhatMatters();

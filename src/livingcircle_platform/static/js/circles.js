// The drawing desk: picks circles and communities on the map, draws boundaries, shows previews.
//
// The form is the desk: the map only ticks its boxes and fills its hidden boundary, so that
// everything can be done from the list as well.

import { addAreas, addLine, addPoints, createMap, fitTo, onPick } from "./map.js";

const form = document.getElementById("desk");
const element = document.getElementById("desk-map");
const preview = document.getElementById("preview");
const boundary = form.elements.boundary;
const nothing = { type: "FeatureCollection", features: [] };
const drawing = { on: false, points: [] };
let layer = { tiles: nothing, circles: nothing };

const boxes = (name) => [...form.querySelectorAll(`input[name="${name}"]`)];
const checked = (name) => boxes(name).filter((box) => box.checked);

function chosenFeatures() {
  const circles = new Set(checked("circles").map((box) => box.value));
  const tiles = new Set(checked("tiles").map((box) => `tile:${box.value}`));
  const features = [
    ...layer.circles.features.filter(({ properties }) => circles.has(properties.id)),
    ...layer.tiles.features.filter(({ properties }) => tiles.has(properties.id)),
  ];
  return { type: "FeatureCollection", features: features.map(unnamed) };
}

function unnamed({ geometry, properties: { id } }) {
  return { type: "Feature", geometry, properties: { id: `chosen:${id}` } };
}

function tellChosen(map) {
  const [circles, tiles] = [checked("circles").length, checked("tiles").length];
  form.querySelector("[data-chosen]").textContent = circles || tiles ? `选中 ${circles} 个圈、${tiles} 个社区` : "";
  if (map) addAreas(map, "chosen", chosenFeatures(), { colour: "unknown" });
}

function pick(map, id) {
  if (drawing.on) return;
  const wanted = form.querySelector('input[name="pick"]:checked').value;
  const isTile = id.startsWith("tile:");
  if (isTile !== (wanted === "tile")) return;
  const value = isTile ? id.slice("tile:".length) : id;
  const box = boxes(isTile ? "tiles" : "circles").find((one) => one.value === value);
  if (!box) return;
  box.checked = !box.checked;
  tellChosen(map);
}

// ---- drawing ------------------------------------------------------------------------------------

function showDrawing(map) {
  const { points } = drawing;
  const closed = points.length > 2 ? [...points, points[0]] : points;
  const lines = points.length > 1 ? [{ type: "Feature", properties: { id: "drawing" }, geometry: { type: "LineString", coordinates: closed } }] : [];
  const dots = points.map((at, n) => ({ type: "Feature", properties: { id: `dot:${n}` }, geometry: { type: "Point", coordinates: at } }));
  addLine(map, "drawing", { type: "FeatureCollection", features: lines }, { colour: "planned" });
  addPoints(map, "corners", { type: "FeatureCollection", features: dots }, { colour: "planned" });
  boundary.value = points.length > 2 ? JSON.stringify({ type: "Polygon", coordinates: [closed] }) : "";
  const more = points.length > 2 ? "" : `，还差 ${3 - points.length} 个`;
  form.querySelector("[data-draw-count]").textContent = points.length || drawing.on ? `已落 ${points.length} 点${more}` : "";
}

function addCorner(map, { lng, lat }) {
  drawing.points.push([Number(lng.toFixed(7)), Number(lat.toFixed(7))]);
  showDrawing(map);
}

function letDraw(map) {
  form.querySelector("[data-draw-tools]").hidden = false;
  const start = form.querySelector('[data-draw="start"]');
  start.setAttribute("aria-pressed", "false");
  start.addEventListener("click", () => {
    drawing.on = !drawing.on;
    start.setAttribute("aria-pressed", String(drawing.on));
    start.lastChild.textContent = drawing.on ? " 画好了，停下" : " 在地图上画";
    showDrawing(map);
  });
  form.querySelector('[data-draw="centre"]').addEventListener("click", () => addCorner(map, map.getCenter()));
  form.querySelector('[data-draw="back"]').addEventListener("click", () => { drawing.points.pop(); showDrawing(map); });
  map.on("click", (event) => { if (drawing.on) addCorner(map, event.lngLat); });
}

// ---- previews -----------------------------------------------------------------------------------

function showPreview(map) {
  const told = preview.querySelector("[data-preview]");
  const shapes = told ? JSON.parse(told.dataset.preview) : nothing;
  addAreas(map, "preview", shapes, { colour: "planned" });
  if (shapes.features.length) fitTo(map, shapes);
}

async function load(map) {
  const answer = await fetch(element.dataset.layer, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${element.dataset.layer}: ${answer.status}`);
  layer = await answer.json();
  addAreas(map, "tiles", layer.tiles, { colour: "text", size: 12.5, from: 14.5 });
  addAreas(map, "circles", layer.circles);
  fitTo(map, layer.circles);
  onPick(map, (id) => pick(map, id));
}

form.querySelector("[data-clear]").addEventListener("click", () => {
  for (const box of [...checked("circles"), ...checked("tiles")]) box.checked = false;
  form.dispatchEvent(new Event("deskcleared"));
});
form.querySelector("[data-pick]").hidden = false;
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === preview) preview.focus({ preventScroll: false });
});

const map = await createMap(element);
for (const change of ["change", "deskcleared"]) form.addEventListener(change, () => tellChosen(map));
if (map) {
  try {
    await load(map);
    letDraw(map);
    document.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target === preview) showPreview(map); });
  } catch (error) {
    console.warn(error);
    map.remove();
    element.dataset.mapState = "failed";
  }
}
tellChosen(map);

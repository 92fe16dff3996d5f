// Put a map on every `[data-map]` element, and keep it in step with the list beside it.
//
// <div data-map aria-label="网点分布图" data-basemap="/…/basemap.pmtiles" data-source="/….geojson"
//      data-approval="审图号：…">
//   <p data-map-fallback>这台设备不能显示地图，下面的列表内容相同</p>
// </div>
//
// data-map="manual"       another island calls createMap itself
// data-center, data-zoom  "116.40,39.90" and "14"; without them the map shows all of data-source
// data-raster             addresses of raster tiles with {z}, {x}, {y}, apart by blanks (天地图 …);
//                         data-raster-attribution names their source and 审图号
// data-cooperative        a page scrolls past the map; two fingers or Ctrl move the map
//
// Features carry `id`, and may carry `name`, `tone` (served, lacking, unknown, planned) and `mark`,
// one character drawn in the dot, so that nothing is told by colour alone. Rows of the list carry
// the same id in `data-feature-id`.

import { FONT, coloursOf, mapStyle } from "../map/style.js";

const VENDOR = new URL("../vendor/", import.meta.url);
const NO_APPROVAL = "无审图号，仅供内部使用";
const TONES = ["served", "lacking", "unknown", "planned"];
const LOCALE = {
  "AttributionControl.ToggleAttribution": "显示或收起地图来源",
  "NavigationControl.ZoomIn": "放大",
  "NavigationControl.ZoomOut": "缩小",
  "ScaleControl.Meters": "米",
  "ScaleControl.Kilometers": "公里",
  "Popup.Close": "关闭",
  "CooperativeGesturesHandler.WindowsHelpText": "按住 Ctrl 键再滚动，可以缩放地图",
  "CooperativeGesturesHandler.MacHelpText": "按住 ⌘ 键再滚动，可以缩放地图",
  "CooperativeGesturesHandler.MobileHelpText": "用两个手指移动地图",
};

const islands = new WeakMap(); // map -> { element, shown: layers that follow the theme, pick, highlighted }
let libraries; // loaded once, by the first map

function loadScript(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(path, VENDOR).href;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${path} could not be loaded`));
    document.head.append(script);
  });
}

async function loadLibraries() {
  await Promise.all([loadScript("maplibre-gl/maplibre-gl-csp.js"), loadScript("pmtiles/pmtiles.js")]);
  const { maplibregl, pmtiles } = window;
  maplibregl.setWorkerUrl(new URL("maplibre-gl/maplibre-gl-csp-worker.js", VENDOR).href);
  maplibregl.addProtocol("pmtiles", new pmtiles.Protocol().tile);
  return maplibregl;
}

function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function asText(words) {
  const holder = document.createElement("span");
  holder.textContent = words;
  return holder.innerHTML;
}

function styleOf(element) {
  const { basemap, raster, rasterAttribution } = element.dataset;
  return mapStyle(element, { basemap, raster, rasterAttribution: asText(rasterAttribution || "") });
}

function optionsOf(element, container) {
  const { approval, center, zoom } = element.dataset;
  return {
    container,
    style: styleOf(element),
    center: center ? center.split(",").map(Number) : [116.4, 39.9],
    zoom: Number(zoom || 14),
    maxZoom: 19,
    locale: { ...LOCALE, "Map.Title": element.getAttribute("aria-label") || "地图" },
    localIdeographFontFamily: FONT.join(", "),
    attributionControl: { compact: false, customAttribution: asText(approval || NO_APPROVAL) },
    cooperativeGestures: "cooperative" in element.dataset,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    // A map that is printed has to keep what it drew.
    canvasContextAttributes: { preserveDrawingBuffer: true },
    fadeDuration: isCalm() ? 0 : 200,
  };
}

function fail(element) {
  element.dataset.mapState = "failed";
  return null;
}

/**
 * Return a promise of the map of an element; null where the device cannot draw one.
 *
 * The sentence in `[data-map-fallback]` is then shown instead of the map.
 */
export async function createMap(element) {
  element.dataset.mapState = "loading";
  const container = document.createElement("div");
  container.dataset.mapCanvas = "";
  element.append(container);
  try {
    libraries ??= loadLibraries();
    const maplibregl = await libraries;
    const map = new maplibregl.Map(optionsOf(element, container));
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibregl.ScaleControl({ unit: "metric", maxWidth: 120 }), "bottom-left");
    await map.once("style.load");
    islands.set(map, { element, shown: [], pick: [], highlighted: null });
    followTheme(map);
    followList(map);
    if (!element.dataset.center) await showBasemap(map);
    element.dataset.mapState = "ready";
    return map;
  } catch (error) {
    console.warn(error);
    container.remove();
    return fail(element);
  }
}

async function showBasemap(map) {
  const { element } = islands.get(map);
  if (!element.dataset.basemap || element.dataset.source) return;
  const archive = new window.pmtiles.PMTiles(new URL(element.dataset.basemap, document.baseURI).href);
  const header = await archive.getHeader().catch(() => null); // without a ground, the map still holds
  if (header) map.jumpTo({ center: [header.centerLon, header.centerLat] });
}

// ---- what is laid over the ground ---------------------------------------------------------------

function addLayers(map, id, data, layers) {
  const island = islands.get(map);
  if (map.getSource(id)) {
    map.getSource(id).setData(data);
    return;
  }
  map.addSource(id, { type: "geojson", data, promoteId: "id" });
  const paint = () => layers(coloursOf(island.element));
  island.shown.push(paint);
  // Faces lie below the names of the ground, everything else above them.
  const names = map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
  for (const layer of paint()) map.addLayer({ ...layer, source: id }, layer.type === "fill" ? names : undefined);
  const clickable = paint().filter((layer) => layer.type !== "symbol").map((layer) => layer.id);
  for (const layer of clickable) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", (event) => {
    const [feature] = map.queryRenderedFeatures(event.point, { layers: clickable });
    if (feature) picked(map, feature);
  });
}

function toned(colour, plain) {
  const pairs = TONES.flatMap((tone) => [tone, colour(tone)]);
  return ["match", ["coalesce", ["get", "tone"], ""], ...pairs, colour(plain)];
}

const lit = (yes, no) => ["case", ["boolean", ["feature-state", "highlighted"], false], yes, no];

/** Show points, or give those already shown under this id new data. */
export function addPoints(map, id, data, { colour: plain = "accent" } = {}) {
  addLayers(map, id, data, (colour) => [
    {
      id: `${id}-dots`, type: "circle",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, lit(8, 3), 14, lit(14, ["case", ["has", "mark"], 9, 6])],
        "circle-color": toned(colour, plain),
        "circle-stroke-color": lit(colour("highlight"), colour("accent-halo")),
        "circle-stroke-width": lit(4, 1.5),
      },
    },
    {
      id: `${id}-marks`, type: "symbol", minzoom: 13, filter: ["has", "mark"],
      layout: { "text-field": ["get", "mark"], "text-font": FONT, "text-size": 11, "text-allow-overlap": true },
      paint: { "text-color": colour("accent-halo") },
    },
    {
      id: `${id}-names`, type: "symbol", minzoom: 15.5, filter: ["has", "name"],
      layout: {
        "text-field": ["get", "name"], "text-font": FONT, "text-size": 12.5, "text-anchor": "top",
        "text-offset": [0, 1], "text-max-width": 8, "text-optional": true,
      },
      paint: { "text-color": colour("text"), "text-halo-color": colour("text-halo"), "text-halo-width": 1.8 },
    },
  ]);
}

/** Show areas, or give those already shown under this id new data; names in a size, from a zoom on. */
export function addAreas(map, id, data, { colour: plain = "accent", size = 15, from = 0 } = {}) {
  addLayers(map, id, data, (colour) => [
    {
      id: `${id}-faces`, type: "fill",
      paint: { "fill-color": toned(colour, plain), "fill-opacity": lit(0.3, 0.14) },
    },
    {
      id: `${id}-outlines`, type: "line", layout: { "line-join": "round" },
      paint: { "line-color": lit(colour("highlight"), toned(colour, plain)), "line-width": lit(5, 2) },
    },
  ]);
  // A face that lies on several tiles would be named on each: its name is a point of its own.
  addLayers(map, `${id}-named`, { type: "FeatureCollection", features: data.features.map(namePoint) }, (colour) => [{
    id: `${id}-names`, type: "symbol", minzoom: from, filter: ["has", "name"],
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": size, "text-padding": 12 },
    paint: { "text-color": toned(colour, plain), "text-halo-color": colour("text-halo"), "text-halo-width": 2 },
  }]);
}

function namePoint({ geometry, properties }) {
  const rings = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map(([ring]) => ring);
  const middles = rings.map((ring) => {
    let [area, x, y] = [0, 0, 0];
    const [x0, y0] = ring[0]; // counted from the first corner, or the digits would not suffice
    for (let i = 1; i < ring.length; i += 1) {
      const [ax, ay, bx, by] = [ring[i - 1][0] - x0, ring[i - 1][1] - y0, ring[i][0] - x0, ring[i][1] - y0];
      const cross = ax * by - bx * ay;
      [area, x, y] = [area + cross, x + (ax + bx) * cross, y + (ay + by) * cross];
    }
    return { area: Math.abs(area), at: area ? [x0 + x / (3 * area), y0 + y / (3 * area)] : ring[0] };
  });
  const { at } = middles.reduce((a, b) => (b.area > a.area ? b : a));
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: at } };
}

/** Show lines, or give those already shown under this id new data. */
export function addLine(map, id, data, { colour: plain = "accent" } = {}) {
  addLayers(map, id, data, (colour) => [
    {
      id: `${id}-halo`, type: "line", layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": lit(colour("highlight"), colour("accent-halo")), "line-width": lit(11, 8) },
    },
    {
      id: `${id}-line`, type: "line", layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": toned(colour, plain), "line-width": 4 },
    },
  ]);
}

/** Move the map so that all of a GeoJSON is seen. */
export function fitTo(map, data) {
  const bounds = new window.maplibregl.LngLatBounds();
  const visit = (at) => (typeof at[0] === "number" ? bounds.extend(at) : at.forEach(visit));
  for (const { geometry } of data.features) {
    for (const part of geometry?.geometries ?? [geometry]) if (part) visit(part.coordinates);
  }
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 48, maxZoom: 16, animate: false });
}

async function showSource(map) {
  const { element } = islands.get(map);
  const answer = await fetch(element.dataset.source, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${element.dataset.source}: ${answer.status}`);
  const data = await answer.json();
  const only = (...types) => ({
    type: "FeatureCollection",
    features: data.features.filter(({ geometry }) => types.includes(geometry?.type)),
  });
  const parts = [
    [addAreas, "areas", only("Polygon", "MultiPolygon")],
    [addLine, "lines", only("LineString", "MultiLineString")],
    [addPoints, "points", only("Point", "MultiPoint")],
  ];
  for (const [add, id, part] of parts) if (part.features.length) add(map, id, part);
  if (!element.dataset.center) fitTo(map, data);
}

// ---- map and list in step -----------------------------------------------------------------------

function rowsOf(id) {
  return document.querySelectorAll(`[data-feature-id="${CSS.escape(String(id))}"]`);
}

function mark(map, id, highlighted) {
  for (const [source, { type }] of Object.entries(map.getStyle().sources)) {
    if (type === "geojson") map.setFeatureState({ source, id }, { highlighted });
  }
  for (const row of rowsOf(id)) row.toggleAttribute("data-highlighted", highlighted);
}

/** Highlight one feature and its row, and nothing else; null highlights nothing. */
export function highlight(map, id) {
  const island = islands.get(map);
  if (island.highlighted === id) return;
  if (island.highlighted !== null) mark(map, island.highlighted, false);
  island.highlighted = id;
  if (id !== null) mark(map, id, true);
}

/** Call back with id and feature whenever somebody picks a feature on the map. */
export function onPick(map, callback) {
  islands.get(map).pick.push(callback);
}

function picked(map, feature) {
  const id = String(feature.id);
  highlight(map, id);
  rowsOf(id)[0]?.scrollIntoView({ block: "nearest", behavior: isCalm() ? "auto" : "smooth" });
  for (const callback of islands.get(map).pick) callback(id, feature);
}

function moveTo(map, id) {
  for (const [source, { type }] of Object.entries(map.getStyle().sources)) {
    if (type !== "geojson") continue;
    const found = map.querySourceFeatures(source).find((one) => String(one.id) === id);
    if (found) return fitTo(map, { features: [found] });
  }
}

function followList(map) {
  const { element } = islands.get(map);
  const stop = new AbortController();
  const listen = (type, act) => document.addEventListener(type, (event) => {
    if (!element.isConnected) { // swapped out by htmx
      stop.abort();
      map.remove();
      return;
    }
    const row = event.target.closest?.("[data-feature-id]");
    if (row) act(row.dataset.featureId);
  }, { signal: stop.signal });
  listen("mouseover", (id) => highlight(map, id));
  listen("focusin", (id) => highlight(map, id));
  listen("click", (id) => { highlight(map, id); moveTo(map, id); });
}

function followTheme(map) {
  const island = islands.get(map);
  const repaint = () => {
    if (!island.element.isConnected) return observer.disconnect();
    const layers = [...styleOf(island.element).layers, ...island.shown.flatMap((paint) => paint())];
    for (const { id, paint = {} } of layers) {
      for (const [property, value] of Object.entries(paint)) map.setPaintProperty(id, property, value);
    }
  };
  const observer = new MutationObserver(repaint);
  observer.observe(document.documentElement, { attributeFilter: ["data-bs-theme", "class"] });
}

async function start(element) {
  const map = await createMap(element);
  if (!map || !element.dataset.source) return;
  try {
    await showSource(map);
  } catch (error) {
    console.warn(error);
    map.remove();
    fail(element);
  }
}

function startAll(within) {
  const waiting = within.querySelectorAll('[data-map]:not([data-map="manual"]):not([data-map-state])');
  for (const element of waiting) start(element);
}

startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.target));

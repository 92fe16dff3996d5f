// Draw the ground of every map: a quiet one, so that what is laid over it stands out.
// Colours come from the custom properties of map.css; names are drawn with fonts of the machine.

const FONT = ["Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"];

const is = (...classes) => ["in", ["get", "class"], ["literal", classes]];
const ranked = (first, last) => ["all", [">=", ["get", "rank"], first], ["<=", ["get", "rank"], last]];
const growing = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];

/** Return a reader of custom properties as they hold for an element. */
function coloursOf(element) {
  const styles = getComputedStyle(element);
  return (name) => styles.getPropertyValue(`--map-${name}`).trim() || "#888888";
}

function areas(colour) {
  const fill = (id, source, filter, name, more = {}) => ({
    id, type: "fill", source: "basemap", "source-layer": source, filter, ...more,
    paint: { "fill-color": colour(name), ...more.paint },
  });
  return [
    fill("residential", "landuse", is("residential"), "residential"),
    fill("work", "landuse", is("work"), "work"),
    fill("campus", "landuse", is("campus", "square"), "campus"),
    fill("wood", "green", is("wood"), "wood"),
    fill("park", "green", is("park", "grass"), "green"),
    fill("water", "water", is("water"), "water"),
  ];
}

function waterways(colour) {
  return [{
    id: "waterways", type: "line", source: "basemap", "source-layer": "water",
    filter: is("river", "stream", "coast"),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": colour("water"),
      "line-width": growing(10, ["match", ["get", "class"], "stream", 0.5, 1], 16, ["match", ["get", "class"], "stream", 2, 6]),
    },
  }];
}

function buildings(colour) {
  return [{
    id: "buildings", type: "fill", source: "basemap", "source-layer": "buildings", minzoom: 14,
    paint: {
      "fill-color": colour("building"),
      "fill-outline-color": colour("building-edge"),
      "fill-opacity": ["interpolate", ["linear"], ["zoom"], 14, 0.5, 15.5, 1],
    },
  }];
}

// Per group: first rank, last rank, first zoom, width at zooms 10, 14 and 18.
const ROADS = [
  ["lane", 6, 6, 14, [0.2, 1, 9]],
  ["street", 5, 5, 13, [0.4, 2, 14]],
  ["tertiary", 4, 4, 12, [0.6, 3, 18]],
  ["secondary", 3, 3, 10, [0.8, 4.5, 24]],
  ["primary", 1, 2, 8, [1.2, 5.5, 28]],
];

function roads(colour) {
  const line = (id, filter, minzoom, paint, cap = "round") => ({
    id, type: "line", source: "basemap", "source-layer": "roads", filter, minzoom, paint,
    layout: { "line-cap": cap, "line-join": "round" },
  });
  const widths = ([a, b, c], edge) => growing(10, a + edge / 2, 14, b + edge, 18, c + edge * 1.5);
  const edges = ROADS.map(([id, first, last, zoom, width]) =>
    line(`${id}-edge`, ranked(first, last), Math.max(zoom, 11), {
      "line-color": colour("road-edge"), "line-width": widths(width, 1.2),
    }, "butt"));
  const bodies = ROADS.map(([id, first, last, zoom, width]) =>
    line(id, ranked(first, last), zoom, {
      // From far away a white street on light ground is lost: it takes the colour of its edge.
      "line-color": ["step", ["zoom"], colour("road-edge"), 12, colour(last <= 3 ? "road-major" : "road")],
      "line-width": widths(width, 0),
    }));
  const path = line("path", is("path"), 14, {
    "line-color": colour("path"), "line-width": growing(14, 0.6, 18, 2.5), "line-dasharray": [2, 1.5],
  }, "butt");
  const rail = line("rail", is("rail"), 11, { "line-color": colour("rail"), "line-width": growing(11, 0.6, 18, 3) }, "butt");
  const ties = line("rail-ties", is("rail"), 14, {
    "line-color": colour("land"), "line-width": growing(14, 0.6, 18, 1.6), "line-dasharray": [5, 5],
  }, "butt");
  return [path, ...edges, ...bodies, rail, ties];
}

function roadNames(colour) {
  // Per rank: from which zoom on a name is written.
  const named = [[1, 3, 12], [4, 4, 13.5], [5, 6, 14.5], [7, 7, 16]];
  return named.map(([first, last, minzoom]) => ({
    id: `road-names-${first}`, type: "symbol", source: "basemap", "source-layer": "roads", minzoom,
    filter: ["all", ["has", "name"], ranked(first, last)],
    layout: {
      "symbol-placement": "line", "symbol-spacing": 320, "text-field": ["get", "name"], "text-font": FONT,
      "text-size": ["interpolate", ["linear"], ["zoom"], 12, 11, 16, first <= 3 ? 14 : 12.5, 18, first <= 3 ? 16 : 14],
      "text-letter-spacing": 0.12, "text-max-angle": 40, "text-padding": 6,
      "symbol-sort-key": ["get", "rank"],
    },
    paint: { "text-color": colour("text"), "text-halo-color": colour("text-halo"), "text-halo-width": 1.8 },
  }));
}

function names(colour) {
  const layout = {
    "text-field": ["get", "name"], "text-font": FONT, "text-max-width": 7, "text-padding": 8,
    "symbol-sort-key": ["coalesce", ["get", "rank"], 9],
  };
  const halo = { "text-halo-color": colour("text-halo"), "text-halo-width": 1.6 };
  const symbol = (id, filter, size, name, more = {}) => ({
    id, type: "symbol", source: "basemap", "source-layer": "names", filter, ...more,
    layout: { ...layout, "text-size": size, ...more.layout },
    paint: { "text-color": colour(name), ...halo, ...more.paint },
  });
  return [
    {
      id: "river-names", type: "symbol", source: "basemap", "source-layer": "water", minzoom: 12,
      filter: ["has", "name"],
      layout: { ...layout, "symbol-placement": "line", "text-size": 12, "text-letter-spacing": 0.3 },
      paint: { "text-color": colour("text-water"), ...halo },
    },
    symbol("water-names", is("water"), 12, "text-water"),
    symbol("green-names", is("green"), 12, "text-green"),
    symbol("village-names", is("village", "quarter"), 12, "text", { minzoom: 12 }),
    symbol("place-names", is("city", "town", "suburb"), ["interpolate", ["linear"], ["zoom"], 10, 13, 15, 17], "text", {
      maxzoom: 16, layout: { "text-letter-spacing": 0.2 }, paint: { "text-opacity": 0.85 },
    }),
  ];
}

/** Return the layers of the base map, in the order they are painted. */
export function basemapLayers(colour) {
  return [
    ...areas(colour), ...waterways(colour), ...buildings(colour), ...roads(colour),
    ...roadNames(colour), ...names(colour),
  ];
}

/**
 * Return a MapLibre style for an element.
 *
 * No `glyphs` address is given on purpose: every character, Chinese or Latin, is then drawn from
 * the fonts of the machine, and no font server is needed.
 */
export function mapStyle(element, { basemap, raster, rasterAttribution } = {}) {
  const colour = coloursOf(element);
  const sources = {};
  const layers = [{ id: "land", type: "background", paint: { "background-color": colour("land") } }];
  if (basemap) {
    const url = new URL(basemap, document.baseURI).href;
    sources.basemap = { type: "vector", url: `pmtiles://${url}`, attribution: "© OpenStreetMap contributors" };
    layers.push(...basemapLayers(colour));
  }
  if (raster) {
    const attribution = rasterAttribution || "";
    // Each address is a layer of its own: 天地图 keeps its ground and its names apart.
    raster.split(/\s+/).forEach((address, place) => {
      const id = `raster-${place}`;
      sources[id] = { type: "raster", tiles: [address], tileSize: 256, attribution };
      layers.push({ id, type: "raster", source: id });
    });
  }
  return { version: 8, sources, layers };
}

export { FONT, coloursOf };

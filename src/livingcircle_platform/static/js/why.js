// The page "why": draw the walk that speaks for a finding.

import { addLine, createMap, fitTo } from "./map.js";

const element = document.querySelector("[data-walk]");
const map = element && (await createMap(element));
if (map) {
  const walk = JSON.parse(element.dataset.walk);
  addLine(map, "walk", walk, { colour: "lacking" });
  fitTo(map, walk);
}

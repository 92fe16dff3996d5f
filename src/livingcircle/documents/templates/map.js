// Move, filter and explain the map. All facts are read from the table rows of the page.
const map = document.getElementById("map");
const facts = document.getElementById("facts");
const unit = Number(map.dataset.unit);
const [homeX, homeY, homeWidth, homeHeight] = map.dataset.home.split(" ").map(Number);
const home = { x: homeX, y: homeY, width: homeWidth, height: homeHeight };
const stage = map.parentElement;
const view = { x: 0, y: 0, w: 1, h: 1 }; // what the reader wants to see
const drawn = { ...view }; // what the picture was last drawn for
const REST = 140; // milliseconds without a move before the picture is drawn anew
const trades = document.body.dataset.trades.split(" ");
const verdicts = { s: "served", l: "lacking", u: "unknown", n: "not_applicable" };
const rows = (key) => map.querySelectorAll(`[data-row="${key}"]`);
let frame = 0;
let rest = 0;
let zoomed = 0;

// While it moves, the finished picture is only shifted and stretched, which costs nothing however
// many signs it holds; once it rests, it is drawn sharp.
function slide() {
  frame = 0;
  const width = stage.clientWidth;
  const stretch = drawn.w / view.w;
  const [x, y] = [((drawn.x - view.x) / view.w) * width, ((drawn.y - view.y) / view.w) * width];
  map.style.transform = `matrix(${stretch}, 0, 0, ${stretch}, ${x}, ${y})`;
  clearTimeout(rest);
  rest = setTimeout(paint, REST);
}

function paint() {
  const box = { width: stage.clientWidth, height: stage.clientHeight };
  Object.assign(drawn, view);
  map.style.transform = "none";
  map.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
  const metres = Math.max(view.w / box.width, view.h / box.height);
  if (metres !== zoomed) {
    zoomed = metres;
    // Signs keep their size on the screen, and grow a little when one looks closely.
    const size = Math.min(1.6, Math.max(0.6, Math.sqrt(1.4 / metres)));
    const large = document.documentElement.classList.contains("elder") ? 1.35 : 1;
    map.style.setProperty("--k", String(metres * size * large));
    for (const text of map.querySelectorAll("text")) {
      const base = Number(text.dataset.size ?? text.getAttribute("font-size"));
      text.dataset.size = base;
      const letter = (base / unit) * metres * large;
      text.setAttribute("font-size", letter);
      text.setAttribute("stroke-width", letter * 0.26);
      if (text.classList.contains("circle-state")) text.setAttribute("dy", metres * 17 * large - 17 * unit);
    }
    document.getElementById("hatch").setAttribute("patternTransform", `rotate(45) scale(${metres / unit})`);
    drawScale(metres);
    declutter();
  }
  refold(metres);
}

// Where names would overlap, those of circles come before their findings, and both before streets.
function declutter() {
  const rank = ["circle-name", "circle-state", "street-name"];
  const order = [...map.querySelectorAll("text")].sort((a, b) => rank.indexOf(a.classList[0]) - rank.indexOf(b.classList[0]));
  const taken = [];
  for (const text of order) {
    const box = text.getBoundingClientRect();
    const clash = taken.some((one) => box.left < one.right && one.left < box.right && box.top < one.bottom && one.top < box.bottom);
    text.classList.toggle("crowded", clash);
    if (!clash && box.width) taken.push(box);
  }
}

function redraw() {
  if (!frame) frame = requestAnimationFrame(slide);
}

function drawScale(metres) {
  const wanted = metres * 110;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const length = [5, 2, 1].map((step) => step * power).find((step) => step <= wanted);
  document.querySelector(".scale i").style.width = `${length / metres}px`;
  document.querySelector(".scale span").textContent = length >= 1000 ? `${length / 1000}公里` : `${length}米`;
}

function zoom(factor, at = { x: view.x + view.w / 2, y: view.y + view.h / 2 }) {
  const width = Math.min(Math.max(home.width, home.height) * 4, Math.max(60, view.w * factor));
  const scale = width / view.w;
  view.x = at.x - (at.x - view.x) * scale;
  view.y = at.y - (at.y - view.y) * scale;
  view.w = width;
  view.h *= scale;
  redraw();
}

function move(dx, dy) {
  view.x += dx;
  view.y += dy;
  redraw();
}

function shape() {
  return stage.clientHeight / Math.max(1, stage.clientWidth);
}

function fit(box, room) {
  const ratio = shape();
  view.w = Math.max(box.width * room, (box.height * room) / ratio, 450);
  view.h = view.w * ratio;
  view.x = box.x + box.width / 2 - view.w / 2;
  view.y = box.y + box.height / 2 - view.h / 2;
  redraw();
}

function toMap(event) {
  const box = stage.getBoundingClientRect();
  const metres = view.w / stage.clientWidth;
  return { x: view.x + (event.clientX - box.left) * metres, y: view.y + (event.clientY - box.top) * metres };
}

// Fingers and mouse: one moves, two pinch; a press that does not move is a question.
const fingers = new Map();
let pressed = null;

map.addEventListener("pointerdown", (event) => {
  fingers.set(event.pointerId, event);
  pressed = { x: event.clientX, y: event.clientY, target: event.target, still: fingers.size === 1 };
});

map.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
  if (pressed.still && far < 6) return;
  if (pressed.still) map.setPointerCapture(event.pointerId);
  pressed.still = false;
  map.classList.add("moving");
  const metres = view.w / stage.clientWidth;
  if (fingers.size === 1) move((before.clientX - event.clientX) * metres, (before.clientY - event.clientY) * metres);
  if (fingers.size === 2) {
    const other = [...fingers.values()].find((finger) => finger.pointerId !== event.pointerId);
    const gap = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
    zoom(gap(before) / Math.max(1, gap(event)), toMap(middle));
  }
  fingers.set(event.pointerId, event);
});

for (const kind of ["pointerup", "pointercancel"]) {
  map.addEventListener(kind, (event) => {
    fingers.delete(event.pointerId);
    map.classList.remove("moving");
    const sign = pressed?.target.closest?.("[data-row]");
    if (kind === "pointerup" && pressed?.still) sign ? show(sign.dataset.row) : hide();
  });
}

map.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY)) * 0.002), toMap(event));
}, { passive: false });

const keys = {
  ArrowLeft: () => move(-view.w / 8, 0),
  ArrowRight: () => move(view.w / 8, 0),
  ArrowUp: () => move(0, -view.h / 8),
  ArrowDown: () => move(0, view.h / 8),
  "+": () => zoom(0.7),
  "=": () => zoom(0.7),
  "-": () => zoom(1.4),
  0: () => fit(home, 1),
  Escape: () => hide(),
};
map.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

const buttons = { in: () => keys["+"](), out: () => keys["-"](), all: () => keys[0]() };
for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => buttons[button.dataset.zoom]());
}

function mark(key) {
  for (const one of map.querySelectorAll(".chosen")) one.classList.remove("chosen");
  for (const one of rows(key)) one.classList.add("chosen");
}

function show(key) {
  const row = document.getElementById(key);
  if (!row) return;
  const heads = [...row.closest("table").querySelectorAll("thead th")];
  facts.querySelector("h2").textContent = row.cells[0].textContent;
  const list = facts.querySelector("dl");
  list.replaceChildren();
  [...row.cells].forEach((cell, place) => {
    if (!place || cell.textContent === "—") return;
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = heads[place].textContent;
    text.textContent = cell.textContent;
    list.append(term, text);
  });
  facts.hidden = false;
  mark(key);
}

function hide() {
  facts.hidden = true;
  mark("");
}
document.getElementById("close").addEventListener("click", hide);

function goTo(key) {
  pin(key);
  const sign = rows(key)[0];
  if (sign && key[0] === "b" && sign.dataset.trade !== focus.value) {
    focus.value = sign.dataset.trade;
    refocus();
  }
  show(key);
  if (sign) fit(sign.getBBox(), key[0] === "c" ? 1.15 : key[0] === "b" ? 2.5 : 1);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-show]");
  if (!link) return;
  event.preventDefault();
  goTo(link.dataset.show);
  if (link.closest(".lists") || innerWidth <= 860) map.scrollIntoView({ block: "nearest" });
});

// The doors of a large district are folded: each circle holds its own as lines of text. They are
// drawn and listed together where the reader comes near, and put away again together, so that the
// page stays light and the list still cannot disagree with the map.
const NEAR = 2; // metres to a pixel
const tradeNames = (document.getElementById("fold-trades")?.content.textContent ?? "").split("\t");
const folds = [...document.querySelectorAll("template.fold")].map((template) => ({
  circle: template.dataset.circle,
  box: template.dataset.box.split(" ").map(Number),
  text: template.content.textContent,
  doors: null,
  shown: null,
}));
let pinned = null;

function doorsOf(fold) {
  if (fold.doors) return fold.doors;
  let community = "";
  fold.doors = [];
  for (const line of fold.text.split("\n")) {
    if (line[0] === "#") community = line.slice(1);
    else {
      const [place, x, y, name, residents, elders, code] = line.split("\t");
      fold.doors.push({ key: `d${place}`, x, y, name, community, residents, elders, code });
    }
  }
  fold.text = "";
  return fold.doors;
}

const counted = (text) => (text === "" ? "未核实" : Number(text).toLocaleString("en-US"));

function readCode(code) {
  const told = { s: [], l: [], u: [], n: [], "-": [] };
  let letters = "";
  for (const [, letter, metres] of code.matchAll(/([slun-])([0-9A-Z]*)/g)) {
    const far = metres && `${parseInt(metres, 36).toLocaleString("en-US")}米`;
    told[letter].push(tradeNames[letters.length] + far);
    letters += letter;
  }
  return { told, letters };
}

function unfold(fold) {
  const signs = document.createDocumentFragment();
  const listed = document.createDocumentFragment();
  fold.shown = [];
  for (const door of doorsOf(fold)) {
    const { told, letters } = readCode(door.code);
    const sign = document.createElementNS("http://www.w3.org/2000/svg", "use");
    const facts = { class: "door", x: door.x, y: door.y, "data-row": door.key, "data-v": letters };
    for (const [name, value] of Object.entries(facts)) sign.setAttribute(name, value);
    judge(sign);
    const row = document.createElement("tr");
    const head = document.createElement("th");
    const link = document.createElement("a");
    row.id = door.key;
    head.scope = "row";
    link.href = "#map";
    link.dataset.show = door.key;
    link.textContent = door.name;
    head.append(link);
    row.append(head);
    const lists = ["l", "u", "s"].map((letter) => told[letter].join("、") || "—");
    [door.community, counted(door.residents), counted(door.elders), ...lists].forEach((text, place) => {
      const cell = row.insertCell();
      cell.textContent = text;
      if (place === 1 || place === 2) cell.className = "n";
    });
    signs.append(sign);
    listed.append(row);
    fold.shown.push(sign, row);
  }
  document.getElementById("layer-doors").append(signs);
  document.querySelector("#list-doors tbody").append(listed);
}

function refold(metres) {
  for (const fold of folds) {
    const [left, top, right, bottom] = fold.box;
    const seen = left <= view.x + view.w && right >= view.x && top <= view.y + view.h && bottom >= view.y;
    const wanted = fold === pinned || (seen && metres <= NEAR);
    if (wanted && !fold.shown) unfold(fold);
    if (!wanted && fold.shown) {
      for (const one of fold.shown) one.remove();
      fold.shown = null;
    }
  }
}

function pin(key) {
  const held = folds.find((fold) => fold.circle === key || (key[0] === "d" && fold.doors?.some((door) => door.key === key)));
  if (!held) return;
  pinned = held;
  if (!held.shown) unfold(held);
}

// The trade in focus decides the doors' verdict signs and which blind areas are shown.
const focus = document.getElementById("focus");
function refocus() {
  const place = trades.indexOf(focus.value);
  for (const door of map.querySelectorAll(".door")) judge(door);
  for (const sign of map.querySelectorAll(".outlet")) {
    const faint = place >= 0 && !sign.dataset.trades.split(" ").includes(focus.value);
    for (const name of ["fill-opacity", "stroke-opacity"]) {
      faint ? sign.setAttribute(name, "0.4") : sign.removeAttribute(name);
    }
  }
  for (const area of map.querySelectorAll(".blind, .edge")) {
    area.classList.toggle("off", area.dataset.trade !== focus.value);
  }
}
function judge(door) {
  const letters = door.dataset.v ?? "";
  const place = trades.indexOf(focus.value);
  const letter = place >= 0 ? letters[place] : worst(letters);
  door.setAttribute("href", `#door-${verdicts[letter] ?? "unknown"}`);
}
const basic = new Set([...document.querySelectorAll("[data-basic]")].map((one) => one.value));
function worst(letters) {
  const seen = [...letters].filter((_, place) => !basic.size || basic.has(trades[place]));
  return ["l", "u", "s", "n"].find((letter) => seen.includes(letter));
}
focus.addEventListener("change", refocus);

for (const box of document.querySelectorAll("[data-layer]")) {
  box.addEventListener("change", () => {
    for (const name of box.dataset.layer.split(" ")) {
      document.getElementById(name).classList.toggle("off", !box.checked);
    }
  });
}

const filters = [...document.querySelectorAll("[data-filter]")];
function filter() {
  const wanted = new Set(filters.filter((box) => box.checked).map((box) => box.dataset.filter));
  for (const sign of map.querySelectorAll(".outlet")) {
    const held = sign.dataset.trades.split(" ").filter(Boolean);
    sign.classList.toggle("off", held.length > 0 && !held.some((trade) => wanted.has(trade)));
  }
}
for (const box of filters) box.addEventListener("change", filter);
for (const tier of document.querySelectorAll("[data-tier]")) {
  tier.addEventListener("change", () => {
    for (const box of tier.closest("fieldset").querySelectorAll("[data-filter]")) box.checked = tier.checked;
    filter();
  });
}

const search = document.getElementById("search");
const hits = document.getElementById("hits");
const count = document.getElementById("found");
const MOST_HITS = 300;
let things = null;
// Everything that has a row, by the words it is found by; read when somebody first looks.
function every() {
  if (things) return things;
  const rowsNow = [...document.querySelectorAll(".lists tbody tr")].filter((row) => !folds.length || row.id[0] !== "d");
  things = rowsNow.map((row) => {
    const told = [...row.cells].slice(0, row.id[0] === "d" ? 2 : 4);
    return { key: row.id, words: told.map((cell) => cell.textContent) };
  });
  for (const fold of folds) {
    for (const { key, name, community } of doorsOf(fold)) things.push({ key, words: [name, community] });
  }
  return things;
}
search.addEventListener("input", () => {
  hits.replaceChildren();
  count.textContent = "";
  const wanted = search.value.trim().toLowerCase();
  if (!wanted) return;
  const found = every().filter(({ words }) => words.some((word) => word.toLowerCase().includes(wanted)));
  for (const { key, words } of found.slice(0, MOST_HITS)) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const kind = document.createElement("span");
    button.type = "button";
    button.dataset.show = key;
    button.textContent = words[0];
    kind.textContent = words[1].slice(0, 14);
    button.append(kind);
    item.append(button);
    hits.append(item);
  }
  const rest = found.length > MOST_HITS ? `，列出前${MOST_HITS}处` : "";
  count.textContent = found.length ? `共找到${found.length}处${rest}` : "没有找到，换个词再试。";
});

const elder = document.getElementById("elder");
elder.addEventListener("click", () => {
  const large = document.documentElement.classList.toggle("elder");
  elder.setAttribute("aria-pressed", String(large));
  zoomed = 0;
  paint();
});

new ResizeObserver(() => {
  const middle = view.y + view.h / 2;
  view.h = view.w * shape();
  view.y = middle - view.h / 2;
  zoomed = 0;
  paint();
}).observe(stage);
refocus();
fit(home, 1);
paint();

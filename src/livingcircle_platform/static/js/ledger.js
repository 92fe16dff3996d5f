// Let a ledger be used like a spreadsheet: move by keys, edit in place, undo, settle conflicts.
//
// The page works without this: every row links to a form. Cells that may be edited carry data-kind
// and data-raw; rows carry data-id and the data-version that was seen.

const grid = document.querySelector("[data-grid]");
const narrow = matchMedia("(max-width: 700px)");
const TOAST_SECONDS = 12;

const headers = () => ({ ...JSON.parse(document.body.getAttribute("hx-headers")), Accept: "application/json" });
const cellsOf = (row) => [...row.cells];
const rows = () => [...grid.tBodies[0].rows];
const columnOf = (cell) => cell.dataset.column;

// ---- moving -------------------------------------------------------------------------------------

function activate(cell, focus = true) {
  for (const old of grid.querySelectorAll("td[tabindex='0']")) old.tabIndex = -1;
  cell.tabIndex = 0;
  if (focus) cell.focus();
}

function beside(cell, down, right) {
  const all = rows();
  const row = all[Math.min(all.length - 1, Math.max(0, all.indexOf(cell.parentElement) + down))];
  return row.cells[Math.min(row.cells.length - 1, Math.max(0, cell.cellIndex + right))];
}

const STEPS = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -Infinity], End: [0, Infinity],
};

function step(cell, event) {
  const [down, right] = STEPS[event.key];
  const whole = event.ctrlKey || event.metaKey ? Infinity : 0;
  const far = whole && (event.key === "Home" || event.key === "End") ? Math.sign(right) * Infinity : down;
  event.preventDefault();
  activate(beside(cell, far, right));
}

// ---- telling ------------------------------------------------------------------------------------

const toast = document.createElement("div");
toast.className = "toast-box";
toast.setAttribute("role", "status");
toast.hidden = true;
let hiding;

function tell(words, entry = null, wrong = false) {
  toast.textContent = words;
  toast.classList.toggle("is-wrong", wrong);
  if (entry) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = "撤销";
    button.addEventListener("click", () => undo(entry));
    toast.append(button);
  }
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, TOAST_SECONDS * 1000);
}

// ---- saving -------------------------------------------------------------------------------------

async function post(address, values) {
  const answer = await fetch(address, { method: "POST", headers: headers(), body: new URLSearchParams(values) });
  const kind = answer.headers.get("Content-Type") || "";
  const told = kind.includes("json") ? await answer.json() : { error: { what: "登录已经过期，没有保存", remedy: "重新登录后再改" } };
  return { status: answer.redirected ? 401 : answer.status, told };
}

function show(cell, value) {
  cell.querySelector("span").textContent = value.words;
  cell.dataset.raw = value.raw;
  for (const name of [...cell.classList]) if (name.startsWith("tone-")) cell.classList.remove(name);
  if (value.tone) cell.classList.add(`tone-${value.tone}`);
}

function take(row, told) {
  row.dataset.version = told.version;
  for (const cell of cellsOf(row)) if (told.cells[columnOf(cell)]) show(cell, told.cells[columnOf(cell)]);
}

let lastEntry = null;
const waiting = new WeakMap(); // row -> the save before, so that one's own saves never collide

function save(cell, typed) {
  const row = cell.parentElement;
  const next = (waiting.get(row) || Promise.resolve()).then(() => send(cell, typed));
  waiting.set(row, next);
  return next;
}

async function send(cell, typed) {
  const row = cell.parentElement;
  const before = cell.dataset.raw;
  cell.classList.add("is-saving");
  let answer;
  try {
    const values = { column: columnOf(cell), value: typed, seen: row.dataset.version };
    answer = await post(`${grid.dataset.base}${row.dataset.id}/cell/`, values);
  } catch {
    answer = { status: 0, told: { error: { what: "没有连上服务器，没有保存", remedy: "刚才填的还在格子里，连上后按回车再存" } } };
  } finally {
    cell.classList.remove("is-saving");
  }
  if (answer.status === 200) {
    take(row, answer.told);
    cell.classList.remove("is-wrong");
    lastEntry = answer.told.entry;
    tell(`已保存：${cell.dataset.label}`, lastEntry);
  } else if (answer.status === 409 && answer.told.error.theirs) {
    await settle(cell, typed, before, answer.told.error);
  } else {
    const { what, remedy } = answer.told.error;
    cell.classList.add("is-wrong");
    tell(`${what}。${remedy ? `${remedy}。` : ""}`, null, true);
    edit(cell, typed);
  }
}

async function settle(cell, typed, before, error) {
  const row = cell.parentElement;
  row.dataset.version = error.version;
  // Somebody changed another column of the row: both changes hold.
  if (error.theirs.raw === before) return send(cell, typed);
  if (error.theirs.raw === error.yours.raw) return show(cell, error.theirs);
  const kept = await choose(error);
  if (kept === "yours") {
    cell.dataset.raw = error.theirs.raw;
    return send(cell, typed);
  }
  show(cell, error.theirs);
  activate(cell);
  return tell("保留了对方的值");
}

function choose(error) {
  const box = document.getElementById("conflict");
  box.querySelector("[data-theirs]").textContent = error.theirs.words || "（空白）";
  box.querySelector("[data-yours]").textContent = error.yours.words || "（空白）";
  box.showModal();
  return new Promise((resolve) => {
    const close = (event) => {
      const kept = event.type === "close" ? "theirs" : event.target.dataset.keep;
      if (!kept) return;
      box.removeEventListener("click", close);
      box.removeEventListener("close", close);
      if (box.open) box.close();
      resolve(kept);
    };
    box.addEventListener("click", close);
    box.addEventListener("close", close);
  });
}

async function undo(entry) {
  const { status, told } = await post(grid.dataset.undo, { number: entry });
  if (status !== 200) {
    tell(`${told.error.what}。${told.error.remedy || ""}`, null, true);
    return;
  }
  const row = grid.querySelector(`tr[data-id="${told.id}"]`);
  if (row) take(row, told);
  lastEntry = null;
  tell("已撤销");
}

// ---- editing ------------------------------------------------------------------------------------

const TYPES = { date: "date", number: "text" };

// A long list stands once on the page, in the filter; the cells take theirs from there.
function optionsOf(name) {
  const kept = document.getElementById(`options-${name}`);
  const from = kept && document.getElementById(kept.dataset.from || "");
  if (!from) return kept && kept.content.cloneNode(true);
  const list = document.createDocumentFragment();
  for (const one of from.options) if (one.value) list.append(new Option(one.text, one.value));
  return list;
}

function editorOf(cell, text) {
  const options = optionsOf(columnOf(cell));
  if (options && ["choice", "yesno", "area"].includes(cell.dataset.kind)) {
    const select = document.createElement("select");
    select.append(options);
    select.value = cell.dataset.raw;
    return select;
  }
  const input = document.createElement(cell.dataset.kind === "long" ? "textarea" : "input");
  if (input.tagName === "INPUT") input.type = TYPES[cell.dataset.kind] || "text";
  if (cell.dataset.kind === "number") input.inputMode = "decimal";
  input.value = text === null || cell.dataset.kind === "date" ? cell.dataset.raw : text;
  return input;
}

function edit(cell, text = null) {
  if (!cell.dataset.kind || cell.classList.contains("is-editing")) return;
  const input = editorOf(cell, text);
  input.setAttribute("aria-label", cell.dataset.label);
  cell.classList.add("is-editing");
  cell.append(input);
  input.focus();
  if (text === null && input.select) input.select();
  let open = true;
  const close = (keep, then = cell) => {
    if (!open) return;
    open = false;
    const typed = input.value;
    cell.classList.remove("is-editing");
    input.remove();
    if (then) activate(then);
    if (keep && typed !== cell.dataset.raw) save(cell, typed);
    else if (!keep) cell.classList.remove("is-wrong");
  };
  input.addEventListener("blur", () => close(true, null));
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    const line = event.key === "Enter" && !(input.tagName === "TEXTAREA" && event.shiftKey);
    if (!line && event.key !== "Escape" && event.key !== "Tab") return;
    event.preventDefault();
    if (event.key === "Escape") close(false);
    else if (line) close(true, beside(cell, 1, 0));
    else close(true, beside(cell, 0, event.shiftKey ? -1 : 1));
  });
}

function onKey(event) {
  const cell = event.target.closest("td");
  if (!cell || !grid.contains(cell)) return;
  if (STEPS[event.key]) step(cell, event);
  else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && lastEntry) {
    event.preventDefault();
    undo(lastEntry);
  } else if (cell.classList.contains("c-pick")) pickByKey(cell, event);
  else if (event.key === "Enter" || event.key === "F2") {
    event.preventDefault();
    edit(cell);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    edit(cell, "");
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (!cell.dataset.kind) return;
    event.preventDefault();
    edit(cell, event.key);
  } else if (event.key === "Process") edit(cell, ""); // an input method is about to compose
}

// ---- choosing rows ------------------------------------------------------------------------------

let lastPicked = null;
const boxes = () => [...grid.querySelectorAll("tbody input[name=id]")];

function pickByKey(cell, event) {
  if (event.target !== cell) return;
  if (event.key === " ") {
    event.preventDefault();
    cell.querySelector("input")?.click();
  } else if (event.key === "Enter") {
    event.preventDefault();
    cell.querySelector("a").click();
  }
}

function countPicked() {
  const picked = boxes().filter((box) => box.checked);
  for (const box of boxes()) box.closest("tr").classList.toggle("is-picked", box.checked);
  const says = document.querySelector("[data-picked]");
  if (says) says.textContent = picked.length ? `已选 ${picked.length} 条` : "勾选几行，可以一起改一个栏目";
}

function onPick(event) {
  const box = event.target;
  if (box.matches("[data-pick-all]")) for (const one of boxes()) one.checked = box.checked;
  else if (box.matches("input[name=id]")) {
    const all = boxes();
    if (event.shiftKey && lastPicked) {
      const [from, to] = [all.indexOf(lastPicked), all.indexOf(box)].sort((a, b) => a - b);
      for (const one of all.slice(from, to + 1)) one.checked = box.checked;
    }
    lastPicked = box;
  } else return;
  countPicked();
}

function start() {
  document.body.append(toast);
  for (const one of grid.querySelectorAll("tbody td")) one.tabIndex = -1;
  for (const one of grid.querySelectorAll("tbody a, tbody input")) one.tabIndex = -1;
  const first = grid.querySelector("tbody td.c-name");
  if (first) activate(first, false);
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("click", (event) => {
    onPick(event);
    const cell = event.target.closest("tbody td");
    if (cell && !event.target.closest("a, input, select, textarea")) activate(cell);
  });
  grid.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("tbody td");
    if (cell && !narrow.matches) edit(cell);
  });
}

if (grid) start();

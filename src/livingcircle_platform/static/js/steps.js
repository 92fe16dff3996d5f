// Show of a scenario's form what the chosen actions take, and the next step once one is chosen.
// Without this script all fields are there, and say what they are for.

const box = document.querySelector("[data-takes]");
const takes = JSON.parse(box.dataset.takes);
const parts = [...new Set(Object.values(takes).flat())];

function show(name, step, wanted) {
  const input = box.querySelector(`#id_${name}_${step}`);
  // What is not shown is not sent: a place typed before the action was changed is no part of it.
  input.disabled = !wanted;
  input.closest(".field").hidden = !wanted;
}

function shape() {
  let open = true;
  for (let step = 1; box.querySelector(`#id_action_${step}`); step += 1) {
    const action = open ? box.querySelector(`#id_action_${step}`).value : "";
    show("action", step, open);
    for (const name of parts) show(name, step, (takes[action] ?? []).includes(name));
    open = action !== "";
  }
}

box.addEventListener("change", shape);
shape();

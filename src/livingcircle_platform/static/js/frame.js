// The frame around every page: opens the menu on phones, closes panels, keeps focus in order.

const side = document.getElementById("side");
const toggle = document.querySelector("[data-toggle=side]");

if (side && toggle) {
  const set = (open) => {
    side.classList.toggle("is-open", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => set(!side.classList.contains("is-open")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("is-open")) {
      set(false);
      toggle.focus();
    }
  });
}

const panels = () => document.querySelectorAll("details.drop[open]");

document.addEventListener("click", (event) => {
  for (const panel of panels()) if (!panel.contains(event.target)) panel.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const panel of panels()) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

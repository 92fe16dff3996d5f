// Order the queue by how near it is. The position stays in the browser where the whole queue is on
// the page; otherwise a point rounded to about 100 m is sent.

const button = document.querySelector("[data-near]");
const queue = document.querySelector("[data-queue]");
const says = document.querySelector("[data-near-says]");
const DEGREE = 111_320; // metres along a meridian

function tell(words) {
  says.textContent = words;
  says.hidden = false;
}

function metres(item, here) {
  if (!item.dataset.lon) return Infinity;
  const east = (item.dataset.lon - here.longitude) * Math.cos((here.latitude * Math.PI) / 180);
  return Math.hypot(east, item.dataset.lat - here.latitude) * DEGREE;
}

function sortHere(here) {
  const items = [...queue.children].map((item) => ({ item, away: metres(item, here) }));
  items.sort((a, b) => a.away - b.away);
  for (const { item, away } of items) {
    const words = away === Infinity ? "没有位置" : `直线约${Math.round(away / 10) * 10}米`;
    item.querySelector("[data-away]").textContent = ` · ${words}`;
    queue.append(item);
  }
  tell("已按离您的远近排好；您的位置没有离开这台设备。");
}

function ask(here) {
  const address = new URL(location.href);
  address.searchParams.set("near", `${here.longitude.toFixed(3)},${here.latitude.toFixed(3)}`);
  address.searchParams.delete("page");
  location.assign(address);
}

if (button && queue && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => {
    tell("正在取位置…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => (queue.dataset.complete ? sortHere(coords) : ask(coords)),
      () => tell("取不到位置。可以在上面选社区，或打开浏览器的定位权限。"),
      { maximumAge: 60_000, timeout: 10_000 },
    );
  });
}

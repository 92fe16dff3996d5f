// Fill longitude and latitude with where this device is; browsers tell it in WGS-84, as we ask it.

const [lon, lat] = ["lon", "lat"].map((name) => document.querySelector(`#id_${name}`));
const holder = document.querySelector("[data-here]");
const says = document.querySelector("[data-here-says]");
const FAR = 50; // metres of doubt beyond which the place may be next door

function fill({ coords }) {
  lon.value = coords.longitude.toFixed(6);
  lat.value = coords.latitude.toFixed(6);
  const doubt = Math.round(coords.accuracy);
  const close = `已填入，误差约${doubt}米。`;
  says.textContent = doubt > FAR ? `${close}误差偏大，走到室外再取一次，或手工改准。` : close;
}

if (holder && lon && lat && navigator.geolocation && window.isSecureContext) {
  lon.closest(".field").before(holder);
  holder.hidden = false;
  holder.querySelector("button").addEventListener("click", () => {
    says.textContent = "正在取位置…";
    navigator.geolocation.getCurrentPosition(
      fill,
      () => { says.textContent = "取不到位置。打开浏览器的定位权限，或手工填写经纬度。"; },
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  });
}

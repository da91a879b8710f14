// A step that asks where one stands (到场): the device fills in longitude and latitude; by hand where it cannot.
"use strict";

(function () {
  function fill(form) {
    const longitude = form.querySelector("input[name=longitude]");
    const latitude = form.querySelector("input[name=latitude]");
    if (!longitude || !latitude || longitude.value || form.dataset.placed || !navigator.geolocation) return;
    form.dataset.placed = "1";
    navigator.geolocation.getCurrentPosition((found) => {
      longitude.value = found.coords.longitude.toFixed(6);
      latitude.value = found.coords.latitude.toFixed(6);
    }, () => {}, { enableHighAccuracy: true, timeout: 10000 });
  }
  const look = () => document.querySelectorAll("form").forEach(fill);
  document.addEventListener("htmx:afterSwap", look);
  look();
})();

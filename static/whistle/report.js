// The report form: pictures made smaller before they travel, the place from the device, and a draft that survives
// a lost network.  Everything typed stays in localStorage under the person's key until the report has arrived
// (static/whistle/draft.js removes it then).
"use strict";

(function () {
  const LONGEST = 1600;  // pixels of the longer side; what the office needs to see
  const QUALITY = 0.8;
  const MOST = 3500000;  // characters of a draft: localStorage holds about five million
  const fields = document.getElementById("report-fields");
  const form = fields.closest("form");
  const key = "whistle-draft-" + fields.dataset.owner;
  const note = document.getElementById("draft-note");
  const photos = form.querySelector("input[type=file]");
  const photoNote = document.getElementById("photo-note");
  const shown = document.getElementById("photo-shown");
  let kept = [];  // pictures of the draft as data URLs

  function say(words) {
    note.textContent = words;
    note.hidden = !words;
  }

  // --- draft ------------------------------------------------------------------------------------------------------

  const named = () => Array.from(form.querySelectorAll("input, select, textarea"))
    .filter((field) => field.name && field.type !== "file" && field.name !== "csrfmiddlewaretoken");

  function save() {
    const values = {};
    named().forEach((field) => { if (field.value) values[field.name] = field.value; });
    const text = JSON.stringify({ values: values, photos: kept });
    try {
      localStorage.setItem(key, text.length < MOST ? text : JSON.stringify({ values: values, photos: [] }));
    } catch (full) {
      say("本机空间不足，草稿未能保存，请尽快上报。");
    }
  }

  function restore() {
    let draft = null;
    try {
      draft = JSON.parse(localStorage.getItem(key) || "null");
    } catch (broken) {
      localStorage.removeItem(key);
    }
    if (!draft || form.querySelector(".field-error")) return;
    named().forEach((field) => { if (draft.values[field.name]) field.value = draft.values[field.name]; });
    if (draft.photos.length) { kept = draft.photos; put(kept.map(fileOf)); }
    if (Object.keys(draft.values).some((name) => name !== "urgency" && name !== "grid")) say("已恢复上次未上报的草稿。");
  }

  // --- pictures ---------------------------------------------------------------------------------------------------

  function fileOf(url, place) {
    const bytes = Uint8Array.from(atob(url.split(",")[1]), (letter) => letter.charCodeAt(0));
    return new File([bytes], "现场照片" + (place + 1) + ".jpg", { type: "image/jpeg" });
  }

  function put(files) {
    const carrier = new DataTransfer();
    files.forEach((file) => carrier.items.add(file));
    photos.files = carrier.files;
    photoNote.textContent = files.length ? "已选 " + files.length + " 张照片" : "";
    show(files);
  }

  function show(files) {
    shown.querySelectorAll("img").forEach((picture) => URL.revokeObjectURL(picture.src));
    shown.replaceChildren(...files.map((file, place) => {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = "已选照片" + (place + 1);
      return picture;
    }));
  }

  async function smaller(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", QUALITY);
  }

  photos.addEventListener("change", async () => {
    const chosen = Array.from(photos.files);
    if (!chosen.length || !window.createImageBitmap || !window.DataTransfer) return;
    photoNote.textContent = "正在压缩照片…";
    try {
      kept = await Promise.all(chosen.map(smaller));
      put(kept.map(fileOf));
      save();
    } catch (unreadable) {
      kept = [];
      show([]);
      photoNote.textContent = "照片将按原样上传。";  // the server looks at what it is
    }
  });

  // --- place ------------------------------------------------------------------------------------------------------

  const located = document.getElementById("located");
  document.getElementById("locate").addEventListener("click", () => {
    if (!navigator.geolocation) { located.textContent = "本机不支持定位，请填写地点。"; return; }
    located.textContent = "正在定位…";
    navigator.geolocation.getCurrentPosition((found) => {
      form.elements.longitude.value = found.coords.longitude.toFixed(6);
      form.elements.latitude.value = found.coords.latitude.toFixed(6);
      located.textContent = "已取得当前位置。";
      save();
    }, () => { located.textContent = "未能定位，请填写地点。"; }, { enableHighAccuracy: true, timeout: 10000 });
  });

  // --- sending ----------------------------------------------------------------------------------------------------

  form.addEventListener("input", save);
  form.addEventListener("submit", (event) => {
    save();
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopPropagation();
    note.classList.replace("notice-info", "notice-warning");
    say("当前没有网络，内容已保存在本机，尚未上报。恢复网络后打开本页即可上报。");
    note.focus({ preventScroll: true });
    note.scrollIntoView({ block: "start" });
  });
  window.addEventListener("online", () => say("网络已恢复，可以上报。"));
  restore();
})();

// The manners of every page: keys, folding parts, batch choice, step dialogs, guards against a double click.
// No inline handlers anywhere (CSP); elements say by data attributes what they want.
"use strict";

(function () {
  const one = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // --- folding parts: <button data-toggles="#menu"> -------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggles]");
    if (button) {
      const part = one(button.dataset.toggles);
      const open = part.classList.toggle("open");
      button.setAttribute("aria-expanded", String(open));
      return;
    }
    const more = event.target.closest("[data-more]");
    if (more) {
      const open = more.getAttribute("aria-expanded") !== "true";
      all(".more", more.closest("form")).forEach((part) => { part.hidden = !open; });
      more.setAttribute("aria-expanded", String(open));
      more.textContent = open ? "收起" : "展开";
      return;
    }
    all("details.who[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const menu = one("#menu.open");
    if (menu && !menu.contains(event.target)) menu.classList.remove("open");
  });

  // --- batch choice: <table data-batch> ---------------------------------------------------------------------------
  function countPicks() {
    const bar = one("[data-batch-bar]");
    if (!bar) return;
    const picks = all("input[name=pick]:checked").length;
    bar.hidden = picks === 0;
    one("[data-batch-count]", bar).textContent = String(picks);
    const boxes = all("input[name=pick]");
    const head = one("input[data-pick-all]");
    if (head) head.checked = boxes.length > 0 && picks === boxes.length;
  }
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("input[data-pick-all]")) all("input[name=pick]").forEach((pick) => { pick.checked = box.checked; });
    if (box.matches("input[data-pick-all], input[name=pick]")) countPicks();
    if (box.matches("[data-submits]")) box.form.requestSubmit ? box.form.requestSubmit() : box.form.submit();
  });

  // --- forms: one submit is enough; a field that is empty does not go into the address ---------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const unfinished = all("input.narrow", form).find((field) => field.value.trim());
    if (unfinished) { event.preventDefault(); unfinished.dispatchEvent(new Event("unfinished")); return; }
    if (form.method === "get") {
      all("input, select", form).forEach((field) => { if (field.name && !field.value) field.disabled = true; });
      window.setTimeout(() => all("input, select", form).forEach((field) => { field.disabled = false; }), 500);
      return;
    }
    if (form.dataset.sure && !window.confirm(form.dataset.sure)) { event.preventDefault(); return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.hasAttribute("data-download")) return;
    form.dataset.sent = "1";
    window.setTimeout(() => all("button[type=submit], button:not([type])", form).forEach((button) => { button.disabled = true; }), 0);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("button", form).forEach((button) => { button.disabled = false; });
  }));

  // --- step dialogs: a link with data-dialog opens its page's form over this page --------------------------------
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement || !window.htmx) return;
    event.preventDefault();
    openOver(link.href, link.textContent.trim());
  });
  function openOver(address, label) {
    let dialog = one("dialog.step");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.className = "step";
      document.body.appendChild(dialog);
    }
    dialog.setAttribute("aria-label", label);
    window.htmx.ajax("GET", address, { target: dialog, swap: "innerHTML" }).then(() => {
      if (!dialog.open) dialog.showModal();
      const first = one("input:not([type=hidden]), select, textarea", dialog) || one("[data-closes]", dialog);
      if (first) first.focus();
    });
  }
  document.addEventListener("click", (event) => {
    const close = event.target.closest("dialog.step [data-closes]");
    if (close) { event.preventDefault(); close.closest("dialog").close(); }
  });

  // --- keys --------------------------------------------------------------------------------------------------------
  const typing = (target) => target.matches("input, textarea, select, [contenteditable]");
  function stepRow(by) {
    const rows = all("tr[data-href]");
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("at"));
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    rows.forEach((row) => row.classList.remove("at"));
    next.classList.add("at");
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form[method=post]");
      const button = form && one("button[type=submit], button:not([type])", form);
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    const row = one("tr.at[data-href]");
    if (event.key === "/") { event.preventDefault(); (one("[data-key-search]") || one("[data-key='/']")).focus(); }
    else if (event.key === "j") stepRow(1);
    else if (event.key === "k") stepRow(-1);
    else if (event.key === "Enter" && row && !event.target.closest("a, button, summary")) window.location.href = row.dataset.href;
    else if (event.key === "x" && row && one("input[name=pick]", row)) { one("input[name=pick]", row).click(); }
    else if (event.key === "?" && window.HTMLDialogElement && window.htmx) openOver("/help/keys/", "键盘操作");
    else if (event.key === "?") window.location.href = "/help/keys/";
  });

  // --- long choices: a field beside the list that narrows it; native lists cannot be searched in Chinese ----------------
  // Typing narrows and never chooses: that does a click, or Enter (the first that matches; the arrow leads into the list).
  // Text that matches nothing takes the choice away as long as it stands, and a form with unfinished text is not sent.
  const wordsOf = (option) =>
    [option.text, option.value, option.dataset.words || "", option.parentNode.label || ""].join(" ").toLowerCase();

  function chooser(select, field, note) {
    const options = () => Array.from(select.options);
    let before = null;  // what was chosen when a text came that matches nothing
    let byKey = false;

    function withdraw(nothing) {
      if (select.multiple) return;
      if (nothing && before === null) { before = select.value; select.selectedIndex = options().findIndex((option) => !option.value); }
      if (!nothing && before !== null) { select.value = before; before = null; }
    }
    function matches() {
      const parts = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (option) => option.value && parts.every((part) => wordsOf(option).includes(part));
      const found = options().filter(fits);
      options().forEach((option) => {
        option.hidden = parts.length > 0 && !found.includes(option) && !(select.multiple && option.selected);
        option.classList.toggle("next", parts.length > 0 && option === found[0]);
      });
      all("optgroup", select).forEach((group) => { group.hidden = Array.from(group.children).every((option) => option.hidden); });
      return found;
    }
    function narrow() {
      const text = Boolean(field.value.trim()), found = matches();
      if (!select.multiple) {
        if (text && found.length) select.size = Math.min(Math.max(found.length + all("optgroup:not([hidden])", select).length, 2), 8);
        else select.removeAttribute("size");
      }
      withdraw(text && !found.length);
      say(!text ? "" : found.length ? `共${found.length}项，请点选，或按回车键选第一项` : "没有符合的选项", text && !found.length);
      return found;
    }
    function say(words, wrong) {
      note.textContent = words;
      note.className = wrong ? "field-error" : "help";
      note.hidden = !words;
    }
    function choose(option) {
      if (!option) return;
      option.selected = true;
      before = null;
      field.value = "";
      narrow();
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const pointed = () => options().find((option) => option.selected && option.value && !option.hidden);

    field.addEventListener("input", (event) => { if (!event.isComposing) narrow(); });
    field.addEventListener("compositionend", narrow);
    field.addEventListener("unfinished", () => {
      if (narrow().length) say("筛选文字尚未选定选项：请点选或按回车键选定，或清空文字", true);
      field.focus();
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter") {
        event.preventDefault();
        if (field.value.trim()) { choose(narrow()[0]); if (!field.value) select.focus(); }
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        if (field.value.trim() && !select.multiple && !pointed()) { const first = narrow()[0]; if (first) first.selected = true; }
        select.focus();
      }
    });
    select.addEventListener("keydown", (event) => {
      byKey = true;
      if (event.key === "Enter" && field.value && !event.ctrlKey) { event.preventDefault(); choose(pointed()); }
    });
    select.addEventListener("pointerdown", () => { byKey = false; });
    select.addEventListener("change", () => { if (field.value && !byKey) choose(pointed()); });
    select.addEventListener("click", () => { if (field.value && select.size > 1) choose(pointed()); });
    select.addEventListener("mousedown", (event) => {  // several: each click adds or takes away one
      if (!select.multiple || !event.target.matches("option")) return;
      event.preventDefault();
      const at = select.scrollTop;
      event.target.selected = !event.target.selected;
      field.value = "";
      narrow();
      select.scrollTop = at;
      select.focus();
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  function narrowable(root) {
    all("select", root).forEach((select) => {
      if (select.options.length < 20 || select.dataset.narrowable) return;
      select.dataset.narrowable = "1";
      const box = document.createElement("div"), field = document.createElement("input"), note = document.createElement("p");
      box.className = select.multiple ? "narrowed narrowed-many" : "narrowed";
      field.type = "search";
      field.className = "form-control narrow";
      field.placeholder = "输入筛选";
      const label = select.labels && select.labels[0];
      field.setAttribute("aria-label", `筛选${label ? label.textContent.replace("*", "").trim() : "选项"}`);
      note.setAttribute("role", "status");
      note.hidden = true;
      select.before(box);
      box.append(field, select);
      box.after(note);
      chooser(select, field, note);
    });
  }
  document.addEventListener("htmx:afterSwap", (event) => narrowable(event.target));
  narrowable(document);

  // --- a chosen answer goes into its field, and never over what somebody typed there -------------------------------------
  function fill(preview, anyway) {
    const text = one("[data-fill]", preview), field = one(preview.dataset.fills);
    if (!text || !field) return;
    const free = anyway || !field.value.trim() || field.value === field.dataset.filled;
    if (free) field.value = field.dataset.filled = text.textContent;
    one("[data-kept]", preview).hidden = free;
  }
  document.addEventListener("htmx:afterSwap", (event) => { if (event.target.matches("[data-fills]")) fill(event.target, false); });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-refill]")) fill(event.target.closest("[data-fills]"), true);
  });

  // --- other small manners -------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-prints]")) window.print();
    if (event.target.closest("[data-reloads]")) window.location.reload();
  });
  document.addEventListener("htmx:afterSwap", countPicks);
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) window.location.href = "/login/?reason=idle";
  });
  const summary = one(".error-summary");
  if (summary) summary.focus();
  countPicks();

  // --- a text beside what may be written into it: data-inserts puts it at the cursor, data-narrows filters the list ---
  let written = null;
  document.addEventListener("focusin", (event) => { if (event.target.matches(".editor textarea")) written = event.target; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-inserts]");
    if (!button) return;
    const area = written || one(".editor textarea");
    area.setRangeText(button.dataset.inserts, area.selectionStart, area.selectionEnd, "end");
    area.focus();
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset || !field.dataset.narrows) return;
    all("li", one(field.dataset.narrows)).forEach((row) => { row.hidden = !row.textContent.includes(field.value.trim()); });
  });
})();

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
    let dialog = one("dialog.step");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.className = "step";
      document.body.appendChild(dialog);
    }
    dialog.setAttribute("aria-label", link.textContent.trim());
    window.htmx.ajax("GET", link.href, { target: dialog, swap: "innerHTML" }).then(() => {
      if (!dialog.open) dialog.showModal();
      const first = one("input:not([type=hidden]), select, textarea", dialog);
      if (first) first.focus();
    });
  });
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
    else if (event.key === "?") window.location.href = "/help/keys/";
  });

  // --- long choices: a field beside the list that narrows it; native lists cannot be searched in Chinese ----------------
  // Typing opens the list below; the arrow leads into it, Enter takes the first; headings are searched too.
  function narrow(select, field, open) {
    const text = open ? field.value.trim() : "";
    const shown = Array.from(select.options).filter((option) => {
      const group = option.parentNode.label || "";
      option.hidden = Boolean(text) && !option.text.includes(text) && !group.includes(text) && !(select.multiple && option.selected);
      return option.value && !option.hidden;
    });
    all("optgroup", select).forEach((group) => { group.hidden = !Array.from(group.children).some((option) => !option.hidden); });
    if (!select.multiple) {
      if (text && shown.length > 1) select.size = Math.min(shown.length + 1, 8);
      else select.removeAttribute("size");
      if (text && shown.length && !shown.some((option) => option.selected)) select.value = shown[0].value;
    }
    return shown;
  }
  function narrowable(root) {
    all("select", root).forEach((select) => {
      if (select.options.length < 20 || select.dataset.narrowable) return;
      select.dataset.narrowable = "1";
      const box = document.createElement("div"), field = document.createElement("input");
      box.className = select.multiple ? "narrowed narrowed-many" : "narrowed";
      field.type = "search";
      field.className = "form-control narrow";
      field.placeholder = "输入筛选";
      const label = select.labels && select.labels[0];
      field.setAttribute("aria-label", `筛选${label ? label.textContent.replace("*", "").trim() : "选项"}`);
      const close = () => { field.value = ""; narrow(select, field, false); };
      field.addEventListener("input", () => narrow(select, field, true));
      field.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown") { event.preventDefault(); select.focus(); }
        if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); if (!select.multiple && field.value) { close(); select.focus(); } }
      });
      select.addEventListener("click", () => { if (select.size > 1 && !select.multiple) close(); });
      select.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && select.size > 1 && !select.multiple) { event.preventDefault(); close(); }
      });
      select.before(box);
      box.append(field, select);
    });
  }
  document.addEventListener("htmx:afterSwap", (event) => narrowable(event.target));
  narrowable(document);

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
})();

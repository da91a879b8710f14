// A report that has arrived needs no draft on the device any more: its page carries #reported.
"use strict";

(function () {
  const owner = document.currentScript.dataset.owner;
  if (location.hash !== "#reported") return;
  try {
    localStorage.removeItem("whistle-draft-" + owner);
  } catch (refused) {
    // a device that keeps nothing has nothing to be removed
  }
  history.replaceState(null, "", location.pathname);
})();

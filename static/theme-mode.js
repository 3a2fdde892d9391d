// Runs before anything is painted: the reader's choice of colours, and the mark that tells the style sheet that there is script.
(function () {
  var root = document.documentElement, mode = null;
  root.classList.add("js");
  try { mode = localStorage.getItem("guidegen:mode"); } catch (_) { /* storage may be blocked */ }
  if (mode === "light" || mode === "dark") root.dataset.theme = mode;
})();

// Runs before anything is painted: the reader's choice of colours, the mark that tells the style sheet that there is script,
// and the tree of guides as the reader left it on the page before.
(function () {
  var root = document.documentElement, mode = null, menu = null;
  root.classList.add("js");
  try {
    mode = localStorage.getItem("guidegen:mode");
    menu = JSON.parse(sessionStorage.getItem("guidegen:menu"));
  } catch (_) { /* storage may be blocked */ }
  if (mode === "light" || mode === "dark") root.dataset.theme = mode;
  else if (mode === "auto") delete root.dataset.theme;
  if (!menu || !menu.open) return;
  new MutationObserver(function (_, observer) {
    if (!document.getElementById("gg-content")) return; // the tree stands before it, and is whole then
    observer.disconnect();
    var tree = document.getElementById("gg-menu"), sections = tree ? tree.querySelectorAll("details") : [];
    if (sections.length !== menu.count) return;
    menu.open.forEach(function (at) { if (sections[at]) sections[at].open = true; });
    tree.scrollTop = menu.at;
  }).observe(root, { childList: true, subtree: true });
})();

// Before the first paint: the mark that there is script, the colours, and the tree of guides as it was left. The build puts it
// into a function of its own.

const root = document.documentElement;
let mode = null, menu = null;
root.classList.add("js");
try {
  mode = localStorage.getItem("guidegen:mode");
  menu = JSON.parse(sessionStorage.getItem("guidegen:menu"));
} catch (_) {}
if (mode === "light" || mode === "dark") root.dataset.theme = mode;
else if (mode === "auto") delete root.dataset.theme;
if (!menu || !menu.open) return;
new MutationObserver((_, observer) => {
  if (!document.getElementById("gg-content")) return; // the tree before it is whole then
  observer.disconnect();
  const tree = document.getElementById("gg-menu"), all = tree ? tree.querySelectorAll("details") : [];
  if (all.length !== menu.count) return;
  for (const at of menu.open) if (all[at]) all[at].open = true;
  tree.scrollTop = menu.at;
}).observe(root, { childList: true, subtree: true });

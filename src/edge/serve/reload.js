// Listens for changes of the site while it is written. `guidegen serve` adds it to pages as it sends them; it is no part
// of the built site.
(function () {
  "use strict";
  const script = document.currentScript;
  const events = new URL("events", script.src);
  let at = script.dataset.at, source = null;

  function listen() {
    if (source) source.close();
    events.search = new URLSearchParams({ page: location.pathname, since: at });
    source = new EventSource(events);
    source.onmessage = (message) => {
      const news = JSON.parse(message.data);
      at = news.at;
      if (news.page !== "same") location.reload();
    };
  }
  listen();
})();

// In the editor's panel a changed page loads in a second frame, which takes the first one's place once Wagtail has
// carried the scroll position over. Wagtail's checks may have run before that, on the page as it was: ask for them again.
window.addEventListener("message", (event) => {
  if (event.source === window.top && event.data?.wagtail?.type === "w-preview:set-scroll-position") {
    setTimeout(() => document.querySelector("wagtail-userbar")?.postAxeReady?.(), 100);
  }
});

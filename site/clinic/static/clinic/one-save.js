// One save at a time in the admin's editors: a button waits for the draft that is being saved by itself, and nothing is
// saved by itself once a button was pressed. Wagtail lets the two race, so that a new record was made twice.
(() => {
  const LONGEST_WAIT = 8000; // milliseconds
  let saving = false;
  let pressed = null;

  function resume() {
    saving = false;
    if (!pressed) return;
    const { form, button } = pressed;
    pressed = null;
    if (button?.name) {
      // A button that shows its progress is disabled by now, and would not be sent.
      const sent = document.createElement("input");
      Object.assign(sent, { type: "hidden", name: button.name, value: button.value });
      form.append(sent);
    }
    form.requestSubmit();
  }

  document.addEventListener("w-autosave:save", () => {
    saving = true;
  });
  document.addEventListener("w-autosave:success", resume);
  document.addEventListener("w-autosave:error", resume);

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches("[data-controller~='w-autosave']")) return;
      form.setAttribute("data-w-autosave-active-value", "false");
      if (saving) {
        event.preventDefault();
        event.stopImmediatePropagation();
        pressed = { form, button: event.submitter };
        setTimeout(resume, LONGEST_WAIT);
        return;
      }
      setTimeout(() => {
        // Stopped by somebody else, for instance to ask whether to overwrite what was saved in another window.
        if (event.defaultPrevented) form.setAttribute("data-w-autosave-active-value", "true");
      });
    },
    true,
  );
})();

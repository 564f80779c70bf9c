// Added to SimCord's page, which asks the bot what an option may be only once something is typed. Discord asks at once.

document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.(".command-option-input[role=combobox]") && !target.value) {
    target.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
});

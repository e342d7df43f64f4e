// <task-list>: around rows marked data-task. Arrows go from task to task, and a letter presses the button of the row's that has it
// as its data-key: done and put off with one key. Where the page was opened for the list, its first task takes the keyboard.
"use strict";

class TaskList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.press(event));
    if (this.id && new URLSearchParams(location.search).get("at") === this.id) (this.opens()[0] || this.querySelector("a.btn"))?.focus();
  }

  opens() {
    return [...this.querySelectorAll("[data-task-open]")];
  }

  press(event) {
    const row = event.target.closest("[data-task]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const button = row.querySelector(`[data-key="${CSS.escape(window.KontorLatin(event).toLowerCase())}"]`);
    if (step) {
      const opens = this.opens();
      opens[opens.indexOf(row.querySelector("[data-task-open]")) + step]?.focus();
    } else if (button) button.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
customElements.define("task-list", TaskList);

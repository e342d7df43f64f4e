// What a scanner types: a text without what stands around it, and the sign between the elements of a GS1 code (element-strings.js).
"use strict";

class ScannedText {
  static GS = "\x1d";
  static FAST = 60; // milliseconds at most between two keys of a scanner

  static bare(text) {
    return text.replace(/^[\s\x1d]+|[\s\x1d]+$/g, "");
  }

  // A scanner that is a keyboard sends GS as Ctrl+], or as F8 within the code, or in Windows as Alt with digits, which gives ↔.
  static listen(input) {
    let last = 0;
    input.addEventListener("keydown", (event) => {
      const isFast = event.timeStamp - last < ScannedText.FAST;
      last = event.timeStamp;
      if (!(event.ctrlKey && event.key === "]") && !(event.key === "F8" && isFast && input.value)) return;
      event.preventDefault();
      event.stopPropagation();
      input.setRangeText(ScannedText.GS, input.selectionStart, input.selectionEnd, "end");
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    input.addEventListener("input", () => { if (input.value.includes("↔")) input.value = input.value.replaceAll("↔", ScannedText.GS); });
  }
}
window.KontorScannedText = ScannedText;

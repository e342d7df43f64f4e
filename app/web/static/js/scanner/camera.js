// Codes in front of a camera, by what the browser itself can read. Loaded when the camera is asked for.
"use strict";

const FORMATS = ["code_128", "data_matrix", "ean_13", "ean_8", "upc_a", "qr_code", "itf"];
const AGAIN = 1500; // milliseconds until the same code counts once more

// Shows the camera, and gives each code as it is seen; returns what ends it. Fails where there is no camera or reader.
export async function watch(video, seen) {
  const known = await BarcodeDetector.getSupportedFormats();
  const reader = new BarcodeDetector({ formats: FORMATS.filter((format) => known.includes(format)) });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  let isOn = true, last = "", since = 0;
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    const codes = isOn ? await reader.detect(video).catch(() => []) : [];
    if (!isOn) return;
    const text = codes[0]?.rawValue, now = performance.now();
    if (text && (text !== last || now - since > AGAIN)) { last = text; since = now; seen(text); }
    setTimeout(look, 150);
  };
  look();
  return () => {
    isOn = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}

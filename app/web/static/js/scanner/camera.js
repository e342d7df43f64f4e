// Codes in front of a camera: by what the browser itself can read, else by ZXing, which is loaded then. Loaded when the camera is asked for.
"use strict";

const FORMATS = ["code_128", "data_matrix", "ean_13", "ean_8", "upc_a", "qr_code", "itf"];
const AGAIN = 1500; // milliseconds until the same code counts once more
const PAUSE = 150; // between two looks

// Shows the camera, and gives each code as it is seen; returns what ends it. Fails where there is no camera.
export async function watch(video, library, seen) {
  const read = await reader(library);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  let isOn = true, last = "", since = 0;
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    const text = isOn ? await read(video).catch(() => "") : "", now = performance.now();
    if (!isOn) return;
    if (text && (text !== last || now - since > AGAIN)) { last = text; since = now; seen(text); }
    setTimeout(look, PAUSE);
  };
  look();
  return () => {
    isOn = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}

// A function that gives the code in a picture; empty or failing where there is none.
export async function reader(library) {
  const known = "BarcodeDetector" in window ? await window.BarcodeDetector.getSupportedFormats() : [];
  const formats = FORMATS.filter((format) => known.includes(format));
  if (formats.includes("code_128")) {
    const detector = new window.BarcodeDetector({ formats });
    return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? "";
  }
  await import(library);
  const { ZXing } = window;
  const { ASSUME_GS1, POSSIBLE_FORMATS, TRY_HARDER } = ZXing.DecodeHintType;
  const hints = new Map([[POSSIBLE_FORMATS, FORMATS.map((format) => ZXing.BarcodeFormat[format.toUpperCase()])], [TRY_HARDER, true], [ASSUME_GS1, true]]);
  const decoder = new ZXing.MultiFormatReader();
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (picture) => {
    Object.assign(canvas, { width: picture.videoWidth ?? picture.width, height: picture.videoHeight ?? picture.height });
    context.drawImage(picture, 0, 0);
    const bits = new ZXing.BinaryBitmap(new ZXing.HybridBinarizer(new ZXing.HTMLCanvasElementLuminanceSource(canvas)));
    return decoder.decode(bits, hints).getText();
  };
}

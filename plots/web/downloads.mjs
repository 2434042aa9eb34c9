// A chart's numbers and pictures as files of the reader.
import {pictureOf} from "./picture.mjs";

// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe.
const field = (text) => {
  const safe = /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, "\"\"")}"` : safe;
};
export const toCsv =
    ({head, rows}) => [head, ...rows].map((row) => `${row.map((each) => field(String(each))).join(",")}\r\n`).join("");

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const PNG_ZOOM = 2;
function savePng(svg, name) {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = image.width * PNG_ZOOM;
    canvas.height = image.height * PNG_ZOOM;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, name), "image/png");
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

export const FORMATS = ["CSV", "SVG", "PNG"];

export function download(format, chart, report, frame, stem) {
  if (format === "CSV") return save(new Blob([toCsv(chart.table)], {type: "text/csv"}), `${stem}.csv`);
  const svg = pictureOf(chart, report, frame);
  if (format === "PNG") return savePng(svg, `${stem}.png`);
  return save(new Blob([svg], {type: "image/svg+xml"}), `${stem}.svg`);
}

// The page of `ipcbench plot`: its reports are in the document, or in a script beside it (a site).
import {byId} from "./dom.mjs";
import {decode} from "./model.mjs";
import {start} from "./report_page.mjs";
import {SECTIONS} from "./sections.mjs";

const data = byId("data");
start(decode(JSON.parse(data.textContent || globalThis.ipcbench[data.dataset.name])), SECTIONS);

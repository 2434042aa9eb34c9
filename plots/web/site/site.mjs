// The pages of a site: the view that the document names, from the data beside it.
import {byId, show} from "../dom.mjs";
import {el} from "../svg.mjs";

import {showCompare, wantedMachines} from "./compare.mjs";
import {machinesOfSite} from "./load.mjs";
import {showMachines} from "./machines.mjs";
import {showTrends} from "./trends.mjs";

const VIEWS = {
  machines: showMachines,
  compare: showCompare,
  trends: showTrends
};

const machines = machinesOfSite();
const {view} = document.body.dataset;

// What the address names besides a state: other data, with which the page begins anew.
const named = () => {
  const {hash} = window.location;
  return view === "compare" ? wantedMachines(hash, machines).map(({digest}) => digest).join() :
                              new URLSearchParams(hash.slice(1)).get("machine");
};
const loaded = named();
window.addEventListener("hashchange", () => {
  if (named() !== loaded) window.location.reload();
});

async function run() {
  try {
    await VIEWS[view](machines);
  } catch (error) {
    show(byId("sections"), el("p", {class: "empty"}, String(error instanceof Error ? error.message : error)));
    byId("sections").removeAttribute("aria-busy");
    throw error;
  }
}
run();

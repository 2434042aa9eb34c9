// The sections of the page in their order. The page, the renderer and the tests go through this one list.
//
// id: part of the address and of file names; question: what the section answers; charts: [{name, draw}], pure functions
// as charts/chart.mjs describes; body(view): trees of svg.mjs in HTML, shown above the charts; applies(view): whether the report can
// have anything of it. A section whose report lacks the data still applies if it can say how to get them.
import { answerBody } from "./answer.mjs";
import { heat } from "./charts/heat.mjs";
import { price } from "./charts/price.mjs";
import { buffers } from "./charts/buffers.mjs";
import { cliffs } from "./charts/cliffs.mjs";
import { curves, curvesBody } from "./charts/curves.mjs";
import { ranking } from "./charts/ranking.mjs";
import { machineBody } from "./machine.mjs";
import { tableBody } from "./table.mjs";

const always = () => true;

export const SECTIONS = [
  { id: "answer", title: "Answer", question: "What shall I use, and does it matter?", body: answerBody, applies: always },
  {
    id: "ranking",
    title: "Ranking",
    question: "How far apart are they here?",
    charts: [{ name: "ranking", draw: ranking }],
    applies: always,
  },
  {
    id: "price",
    title: "Price",
    question: "What does the speed cost?",
    charts: [{ name: "price", draw: price }],
    applies: always,
  },
  {
    id: "heat",
    title: "All sizes",
    question: "Where does the answer change?",
    charts: [{ name: "heat", draw: heat }],
    applies: always,
  },
  {
    id: "curves",
    title: "Curves",
    question: "How does it grow?",
    body: curvesBody,
    charts: [
      { name: "curves", draw: curves },
      { name: "cliffs", draw: cliffs },
      { name: "buffers", draw: buffers },
    ],
    applies: always,
  },
  { id: "table", title: "Table", question: "What was measured?", body: tableBody, applies: always },
  { id: "machine", title: "Machine", question: "Where do the numbers come from?", body: machineBody, applies: always },
];

export const chartNames = () => SECTIONS.flatMap(({ charts = [] }) => charts.map(({ name }) => name));
export const chartOf = (name) => SECTIONS.flatMap(({ charts = [] }) => charts).find((chart) => chart.name === name);

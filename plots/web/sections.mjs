// The sections of the page in their order. The page, the renderer and the tests go through this one list.
//
// id: part of the address and of file names; question: what the section answers; charts: [{name, draw}], pure functions
// as charts/chart.mjs describes, and applies(view), if a view need not have the chart; body(view): trees of svg.mjs in
// HTML, shown above the charts. A section whose report lacks the data says how to get them.
import {answerBody} from "./answer.mjs";
import {buffers} from "./charts/buffers.mjs";
import {changeheat} from "./charts/changeheat.mjs";
import {changes} from "./charts/changes.mjs";
import {cliffs} from "./charts/cliffs.mjs";
import {columns} from "./charts/columns.mjs";
import {course} from "./charts/course.mjs";
import {curves, curvesBody} from "./charts/curves.mjs";
import {distances} from "./charts/distances.mjs";
import {fanin, fanout} from "./charts/fan.mjs";
import {heat} from "./charts/heat.mjs";
import {load} from "./charts/load.mjs";
import {percentiles} from "./charts/percentiles.mjs";
import {price} from "./charts/price.mjs";
import {ranking} from "./charts/ranking.mjs";
import {shapes} from "./charts/shapes.mjs";
import {trend} from "./charts/trend.mjs";
import {claimsBody} from "./claims.mjs";
import {compareBody} from "./compare.mjs";
import {guaranteesBody} from "./guarantees.mjs";
import {machineBody} from "./machine.mjs";
import {standingsBody} from "./standings.mjs";
import {tableBody} from "./table.mjs";

const several = (least) => ({reports}) => reports.length >= least;

// A section whose one chart has the section's name.
const single = (id, title, question, draw) => ({id, title, question, charts: [{name: id, draw}]});

export const SECTIONS = [
  {id: "answer", title: "Answer", question: "What shall I use, and does it matter?", body: answerBody},
  {...single("ranking", "Ranking", "How far apart are they here?", ranking), body: standingsBody},
  single("price", "Price", "What does the speed cost?", price),
  single("heat", "All sizes", "Where does the answer change?", heat),
  {
    id: "curves",
    title: "Curves",
    question: "How does it grow?",
    body: curvesBody,
    charts: [
      {name: "curves", draw: curves},
      {name: "cliffs", draw: cliffs},
      {name: "buffers", draw: buffers},
    ],
  },
  {
    id: "tails",
    title: "Tails",
    question: "How bad does it get, and is it one mode or two?",
    charts: [
      {name: "percentiles", draw: percentiles},
      {name: "shapes", draw: shapes},
      {name: "course", draw: course},
    ],
  },
  single("load", "Load", "How far can I load it?", load),
  {
    id: "fan",
    title: "Fan",
    question: "How many ends?",
    charts: [
      {name: "fanin", draw: fanin},
      {name: "fanout", draw: fanout},
    ],
  },
  {
    id: "compare",
    title: "Compare",
    question: "What changed?",
    body: compareBody,
    charts: [
      {name: "changes", draw: changes, applies: several(2)},
      {name: "changeheat", draw: changeheat, applies: several(2)},
      {name: "columns", draw: columns, applies: several(3)},
      {name: "trend", draw: trend, applies: several(3)},
    ],
  },
  {id: "guarantees", title: "Guarantees", question: "May I use it at all?", body: guaranteesBody},
  {id: "claims", title: "Claims", question: "Is it true what the textbooks say?", body: claimsBody},
  {id: "table", title: "Table", question: "What was measured?", body: tableBody},
  {
    id: "machine",
    title: "Machine",
    question: "Where do the numbers come from?",
    body: machineBody,
    charts: [{name: "distances", draw: distances}],
  },
];

export const chartNames = () => SECTIONS.flatMap(({charts = []}) => charts.map(({name}) => name));
export const chartOf = (name) => SECTIONS.flatMap(({charts = []}) => charts).find((chart) => chart.name === name);

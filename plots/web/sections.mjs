// The sections of the page in their order. The page, the renderer and the tests go through this one list.
//
// id: part of the address and of file names; question: what the section answers; charts: [{name, draw}], pure functions
// as charts/chart.mjs describes, and applies(view), if a view need not have the chart; body(view): trees of svg.mjs in
// HTML, shown above the charts; applies(view): whether the report can have anything of it. A section whose report lacks
// the data still applies if it can say how to get them.
import {answerBody} from "./answer.mjs";
import {buffers} from "./charts/buffers.mjs";
import {changeheat} from "./charts/changeheat.mjs";
import {changes} from "./charts/changes.mjs";
import {cliffs} from "./charts/cliffs.mjs";
import {columns} from "./charts/columns.mjs";
import {curves, curvesBody} from "./charts/curves.mjs";
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
import {tableBody} from "./table.mjs";

/** @type {(view: any) => boolean} */
const always = () => true;
const several = (least) => ({reports}) => reports.length >= least;

export const SECTIONS = [
  {id: "answer", title: "Answer", question: "What shall I use, and does it matter?", body: answerBody, applies: always},
  {
    id: "ranking",
    title: "Ranking",
    question: "How far apart are they here?",
    charts: [{name: "ranking", draw: ranking}],
    applies: always,
  },
  {
    id: "price",
    title: "Price",
    question: "What does the speed cost?",
    charts: [{name: "price", draw: price}],
    applies: always,
  },
  {
    id: "heat",
    title: "All sizes",
    question: "Where does the answer change?",
    charts: [{name: "heat", draw: heat}],
    applies: always,
  },
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
    applies: always,
  },
  {
    id: "tails",
    title: "Tails",
    question: "How bad does it get, and is it one mode or two?",
    charts: [
      {name: "percentiles", draw: percentiles},
      {name: "shapes", draw: shapes},
    ],
    applies: always,
  },
  {
    id: "load",
    title: "Load",
    question: "How far can I load it?",
    charts: [{name: "load", draw: load}],
    applies: always
  },
  {
    id: "fan",
    title: "Fan",
    question: "How many ends?",
    charts: [
      {name: "fanin", draw: fanin},
      {name: "fanout", draw: fanout},
    ],
    applies: always,
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
    applies: always,
  },
  {id: "guarantees", title: "Guarantees", question: "May I use it at all?", body: guaranteesBody, applies: always},
  {id: "claims", title: "Claims", question: "Is it true what the textbooks say?", body: claimsBody, applies: always},
  {id: "table", title: "Table", question: "What was measured?", body: tableBody, applies: always},
  {id: "machine", title: "Machine", question: "Where do the numbers come from?", body: machineBody, applies: always},
];

export const chartNames = () => SECTIONS.flatMap(({charts = []}) => charts.map(({name}) => name));
export const chartOf = (name) => SECTIONS.flatMap(({charts = []}) => charts).find((chart) => chart.name === name);

// What the page imports from elsewhere, for tsc: Debian packages D3's modules without their types.
declare module "d3-*";
declare module "node:*";
declare const process: any;
// The data files of a site.
declare var ipcbench: Record<string, string>;

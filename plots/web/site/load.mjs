// The data files of a site. A page that was opened from a folder may not fetch a file, but may run a script beside it.

// The JSON that the script at `address` hands over under `name`. Rejects with a sentence if it is not there.
export function load(name, address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(JSON.parse(globalThis.ipcbench[name]));
    script.onerror = () => reject(new Error(`${address} is missing; \`ipcbench site\` writes it`));
    document.head.append(script);
  });
}

export const machinesOfSite = () => JSON.parse(globalThis.ipcbench.machines).machines;

// A machine's page data: {names, families, reports}.
export const loadPage = ({digest}) => load(digest, `data/${digest}.js`);
export const loadTrend = (machine) => load(machine, `trends/${machine}.js`);
